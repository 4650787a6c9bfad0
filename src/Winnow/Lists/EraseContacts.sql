-- name: selection
select selection_id from bulk_operations where account_id = @AccountId and id = @operationId;

-- name: next-list
select min(list_id) from list_history where account_id = @accountId and list_id > @after;

-- name: forget-members
delete from list_chunks where account_id = @accountId and list_id = @selectionId;

-- name: erased
update bulk_operations set erased_at = @now where account_id = @accountId and id = @OperationId;

-- name: files-of-one-import
select id from files where account_id = @AccountId and expired_at is null and (id = @id
  or id in (select rejected_file_id from imports where account_id = @AccountId and file_id = @id)
  or id in (select file_id from imports where account_id = @AccountId and rejected_file_id = @id));

-- name: exported
select o.selection_id
from bulk_operations o join jobs j on j.account_id = o.account_id and j.id = o.job_id
where o.account_id = @AccountId and o.kind = 'export' and cast(j.state ->> 'fileId' as bigint) = @Id;
