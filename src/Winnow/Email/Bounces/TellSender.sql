-- name: once
insert into told_senders (account_id, email_id, at) values (@accountId, @emailId, @now) on conflict (account_id, email_id) do nothing;

-- name: sender
select e.name, coalesce(j.created_by, e.created_by) as user_id
from marketing_emails e left join jobs j on j.account_id = e.account_id and j.id = e.job_id
where e.account_id = @accountId and e.id = @emailId;
