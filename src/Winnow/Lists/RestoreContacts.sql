-- name: lock
select id from bulk_operations where account_id = @accountId and id = @operationId $lock;

-- name: order
update bulk_operations set restore_job_id = @jobId where account_id = @accountId and id = @operationId;

-- name: next
select id from deleted_contacts where account_id = @AccountId and operation_id = @OperationId and id > @After order by id limit @limit;

-- name: count-restored
update bulk_operations set restored = restored + @count where account_id = @AccountId and id = @OperationId;
