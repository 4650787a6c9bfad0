-- name: find
select i.account_id, i.id, i.name, i.file_name, i.seen_id, i.list_id, i.job_id, j.kind as job_kind, j.outcome as job_outcome, j.state as job_state,
       j.created_at as job_created_at, j.finished_at as job_finished_at, i.undo_job_id, u.outcome as undo_outcome, i.undone
from imports i
join jobs j on j.account_id = i.account_id and j.id = i.job_id
left join jobs u on u.account_id = i.account_id and u.id = i.undo_job_id
where i.account_id = @accountId and i.id = @id;

-- name: lock
select id from imports where account_id = @accountId and id = @id $lock;

-- name: bin
insert into bulk_operations (account_id, id, kind, selection_id, count, restorable_until, job_id, source, user_id, created_at)
values (@accountId, @operationId, 'delete', @selectionId, @count, @until, @jobId, @words, @userId, @now);

-- name: order
update imports set undo_job_id = @jobId where account_id = @accountId and id = @id;

-- name: traces
select h.contact_id, h.version, h.at, h.source, h.source_id, h.user_id, h.changes, h.before
from contact_history h
where h.account_id = @AccountId and h.contact_id in @ids and h.version >= (
  select min(e.version) from contact_history e
  where e.account_id = @AccountId and e.contact_id = h.contact_id and e.source = 'IMPORT' and e.source_id = @sourceId)
order by h.contact_id, h.version;

-- name: by-people
select h.contact_id, h.at, h.source, h.source_id, h.user_id, h.changes
from contact_history h
where h.account_id = @AccountId and h.contact_id in @ids and h.user_id is not null and not (h.source = 'IMPORT' and h.source_id = @sourceId)
order by h.contact_id, h.version;

-- name: count-undone
update imports set undone = undone + @count where account_id = @AccountId and id = @ImportId;

-- name: count-deleted
update bulk_operations set deleted = deleted + @count where account_id = @AccountId and id = @OperationId;
