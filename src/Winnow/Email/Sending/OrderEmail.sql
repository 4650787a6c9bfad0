-- name: order
update marketing_emails set state = 'sending', sent_at = @now where account_id = @accountId and id = @emailId and state = 'draft';

-- name: ordered
update marketing_emails set selection_id = @selectionId, job_id = @jobId where account_id = @accountId and id = @emailId;

-- name: open
select name, job_id, exists (select 1 from jobs j where j.account_id = @accountId and j.id = job_id and j.outcome is null) as job_open,
  (select j.created_by from jobs j where j.account_id = @accountId and j.id = job_id) as ordered_by,
  exists (select 1 from jobs j where j.account_id = @accountId and j.id = job_id and j.outcome = 'failed') as failed_before
from marketing_emails
where account_id = @accountId and id = @emailId and (state = 'sending' or resume_at is not null)
$lock;

-- name: resumed
update marketing_emails set job_id = @jobId, resume_at = null where account_id = @accountId and id = @emailId;

-- name: due
select account_id, id from marketing_emails where resume_at <= @now and resume_at is not null
union
select e.account_id, e.id
from marketing_emails e
join jobs j on j.account_id = e.account_id and j.id = e.job_id
where e.state = 'sending' and j.outcome = 'failed' and j.finished_at <= @failedBefore;
