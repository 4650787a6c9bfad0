-- name: operations
select operation_id, id from deleted_contacts where account_id = @accountId and id in @ids;
