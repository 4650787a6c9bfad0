-- name: queued
select contact_id, email, email_key, outcome, attempts
from email_recipients
where account_id = @accountId and email_id = @emailId and contact_id > @after and outcome = 'queued'
order by contact_id
limit @size;

-- name: due
select contact_id, email, email_key, outcome, attempts
from email_recipients
where account_id = @accountId and email_id = @emailId and contact_id > @after and outcome = 'retry' and outcome not in ('queued', 'handing_over', 'sent') and next_at <= @now
order by contact_id
limit @size;
