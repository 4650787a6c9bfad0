-- name: find
select created_at from lists where account_id = @accountId and id = @id and kind = 'SELECTION';

-- name: job-of
select job_id from bulk_operations where account_id = @accountId and selection_id = @id;
