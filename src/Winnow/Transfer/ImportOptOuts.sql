-- name: lock
select coalesce(job_id, 0) from imports where account_id = @accountId and id = @id $lock;

-- name: start
update imports set columns = cast(@columns as $json), job_id = @jobId, texts = @texts where account_id = @accountId and id = @id;
