-- name: unknown
update email_recipients set outcome = 'unknown', detail = 'Winnow stopped between the last byte and the reply of the relay.'
where account_id = @accountId and email_id = @emailId and outcome = 'handing_over';

-- name: left
select exists (select 1 from email_recipients where account_id = @accountId and email_id = @emailId and outcome = 'queued') as queued,
       (select min(next_at) from email_recipients where account_id = @accountId and email_id = @emailId and outcome = 'retry' and outcome not in ('queued', 'handing_over', 'sent')) as next_retry;

-- name: settle
update marketing_emails set state = @state, resume_at = @resumeAt, problem = @problem where account_id = @accountId and id = @emailId;
