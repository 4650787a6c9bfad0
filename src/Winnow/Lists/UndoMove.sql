-- name: find
select o.account_id, o.id, o.list_id, l.name as list_name, o.moved_id, o.job_id, j.title as job_title, j.outcome as job_outcome, j.state as job_state, o.source,
       o.restore_job_id as undo_job_id, u.outcome as undo_outcome, o.restored as undone, o.created_at
from bulk_operations o
join jobs j on j.account_id = o.account_id and j.id = o.job_id
left join lists l on l.account_id = o.account_id and l.id = o.list_id and l.deleted_at is null
left join jobs u on u.account_id = o.account_id and u.id = o.restore_job_id
where o.account_id = @accountId and o.id = @id and o.kind = 'list';

-- name: of-jobs
select o.account_id, o.id, o.list_id, l.name as list_name, o.moved_id, o.job_id, j.title as job_title, j.outcome as job_outcome, j.state as job_state, o.source,
       o.restore_job_id as undo_job_id, u.outcome as undo_outcome, o.restored as undone, o.created_at
from bulk_operations o
join jobs j on j.account_id = o.account_id and j.id = o.job_id
left join lists l on l.account_id = o.account_id and l.id = o.list_id and l.deleted_at is null
left join jobs u on u.account_id = o.account_id and u.id = o.restore_job_id
where o.account_id = @accountId and o.job_id in @jobs and o.kind = 'list';

-- name: lock
select id from bulk_operations where account_id = @accountId and id = @id $lock;

-- name: order
update bulk_operations set restore_job_id = @jobId where account_id = @accountId and id = @id;

-- name: later
select o.selection_id, o.moved_id, j.state as job_state, u.outcome as undo_outcome, u.started_at as undo_started_at, u.finished_at as undo_finished_at
from bulk_operations o
join jobs j on j.account_id = o.account_id and j.id = o.job_id
left join jobs u on u.account_id = o.account_id and u.id = o.restore_job_id
where o.account_id = @accountId and o.list_id = @ListId and o.id > @OperationId and o.kind = 'list';

-- name: count-undone
update bulk_operations set restored = restored + @count where account_id = @account and id = @OperationId;
