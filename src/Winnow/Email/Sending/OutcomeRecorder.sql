-- Who writes several recipients locks them in the order of contacts first: reports about them are judged meanwhile, in sets.

-- name: take-up
update marketing_emails set taken_up_to = @last where account_id = @accountId and id = @emailId;

-- name: take-up-again
update email_recipients set outcome = 'handing_over', at = @now
where account_id = @accountId and email_id = @emailId and outcome = 'retry' and contact_id in (
  select contact_id from email_recipients where account_id = @accountId and email_id = @emailId and contact_id in @ids order by contact_id $lock)
returning contact_id;

-- name: taken-up
select contact_id, email, email_key, case when attempts = 0 then 'queued' else 'retry' end as outcome, attempts
from email_recipients
where account_id = @accountId and email_id = @emailId and (outcome = 'handing_over'
  or outcome = 'queued' and contact_id <= (select taken_up_to from marketing_emails where account_id = @accountId and id = @emailId))
order by contact_id;

-- name: unknown
update email_recipients set outcome = 'unknown', detail = 'Sending was cut off between the last byte and the reply of the relay.', at = @now
where account_id = @accountId and email_id = @emailId and outcome in ('queued', 'handing_over') and contact_id in (
  select contact_id from email_recipients where account_id = @accountId and email_id = @emailId and contact_id in @ids order by contact_id $lock);

-- name: wait-again
update email_recipients set outcome = case when attempts = 0 then 'queued' else 'retry' end
where account_id = @accountId and email_id = @emailId and outcome = 'handing_over' and contact_id in (
  select contact_id from email_recipients where account_id = @accountId and email_id = @emailId and outcome = 'handing_over' order by contact_id $lock);

-- name: sent
update email_recipients set outcome = 'sent', reason = null, detail = null, next_at = 0, attempts = attempts + 1, sent_at = @now, at = @now
where account_id = @accountId and email_id = @emailId and outcome in ('queued', 'handing_over', 'unknown') and contact_id in (
  select contact_id from email_recipients where account_id = @accountId and email_id = @emailId and contact_id in @ids order by contact_id $lock)
returning contact_id;

-- name: leave-out-some
update email_recipients set outcome = 'not_sent', reason = @reason, next_at = 0, at = @now
where account_id = @accountId and email_id = @emailId and contact_id in (
  select contact_id from email_recipients
  where account_id = @accountId and email_id = @emailId and outcome in ('queued', 'retry')
  order by contact_id
  limit @most
  $lock)
returning contact_id, email_key;
