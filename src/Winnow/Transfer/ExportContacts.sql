-- name: order
insert into bulk_operations (account_id, id, kind, selection_id, count, restorable_until, job_id, source, user_id, created_at)
values (@accountId, @operationId, 'export', @selectionId, @count, null, @jobId, @words, @userId, @now);
