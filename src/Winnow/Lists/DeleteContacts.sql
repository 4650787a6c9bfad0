-- name: order
insert into bulk_operations (account_id, id, kind, selection_id, count, restorable_until, job_id, source, user_id, created_at)
values (@accountId, @operationId, 'delete', @selectionId, @count, @until, @jobId, @words, @userId, @now);

-- name: selection-of
select selection_id from bulk_operations where account_id = @AccountId and id = @OperationId;

-- name: count-deleted
update bulk_operations set deleted = deleted + @count where account_id = @AccountId and id = @OperationId;

-- name: marketing-among
select count(*) from contacts where account_id = @accountId and id in @ids and marketing;

-- name: marketing
select id from contacts where account_id = @accountId and marketing;

-- name: additional-addresses
select email_key from contact_emails where account_id = @accountId and contact_id in @ids;

-- name: addresses-in-bin
select email_key from deleted_contacts where account_id = @AccountId and operation_id = @OperationId and id in @ids and email_key is not null;
