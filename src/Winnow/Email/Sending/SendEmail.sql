-- name: log
select hand_over_log from marketing_emails where account_id = @accountId and id = @emailId;

-- name: begin-log
update marketing_emails set hand_over_log = @log where account_id = @accountId and id = @emailId;

-- name: left
select exists (select 1 from email_recipients where account_id = @accountId and email_id = @emailId and outcome = 'queued') as queued,
       (select min(next_at) from email_recipients where account_id = @accountId and email_id = @emailId and outcome = 'retry' and outcome not in ('queued', 'handing_over', 'sent')) as next_retry;

-- name: settle
update marketing_emails set state = @state, resume_at = @resumeAt, problem = @problem where account_id = @accountId and id = @emailId;
