-- name: find
select o.account_id, o.id, o.kind, o.selection_id, o.job_id, j.title as job_title, j.outcome as job_outcome, j.state as job_state, o.source,
       o.restore_job_id as undo_job_id, u.outcome as undo_outcome, o.restored as undone, o.created_at
from bulk_operations o
join jobs j on j.account_id = o.account_id and j.id = o.job_id
left join jobs u on u.account_id = o.account_id and u.id = o.restore_job_id
where o.account_id = @accountId and o.id = @id and o.kind in ('edit', 'marketing');

-- name: of-jobs
select o.account_id, o.id, o.kind, o.selection_id, o.job_id, j.title as job_title, j.outcome as job_outcome, j.state as job_state, o.source,
       o.restore_job_id as undo_job_id, u.outcome as undo_outcome, o.restored as undone, o.created_at
from bulk_operations o
join jobs j on j.account_id = o.account_id and j.id = o.job_id
left join jobs u on u.account_id = o.account_id and u.id = o.restore_job_id
where o.account_id = @accountId and o.job_id in @jobs and o.kind in ('edit', 'marketing');

-- name: lock
select id from bulk_operations where account_id = @accountId and id = @id $lock;

-- name: order
update bulk_operations set restore_job_id = @jobId where account_id = @accountId and id = @id;

-- name: edited
select contact_id, before from contact_history
where account_id = @AccountId and contact_id in @ids and source = 'CRM_UI' and source_id = @source;

-- name: later
select h.contact_id, h.at, h.source, h.source_id, h.user_id, h.changes
from contact_history h
join contact_history e on e.account_id = h.account_id and e.contact_id = h.contact_id and e.source = 'CRM_UI' and e.source_id = @source
where h.account_id = @AccountId and h.contact_id in @ids and h.version > e.version
order by h.contact_id, h.version;

-- name: count-undone
update bulk_operations set restored = restored + @count where account_id = @AccountId and id = @OperationId;
