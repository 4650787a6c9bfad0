-- name: operations
select o.account_id, o.id, o.selection_id, o.count, o.deleted, o.restored, o.restorable_until, o.restore_job_id, r.outcome as restore_outcome, o.purged_at,
       o.job_id, o.source, o.user_id, u.name as user_name, j.outcome as job_outcome, o.created_at
from bulk_operations o
left join users u on u.id = o.user_id
left join jobs j on j.account_id = o.account_id and j.id = o.job_id
left join jobs r on r.account_id = o.account_id and r.id = o.restore_job_id
where o.account_id = @accountId and o.kind = 'delete' and o.created_at > @since
order by o.id desc;

-- name: find
select o.account_id, o.id, o.selection_id, o.count, o.deleted, o.restored, o.restorable_until, o.restore_job_id, r.outcome as restore_outcome, o.purged_at,
       o.job_id, o.source, o.user_id, u.name as user_name, j.outcome as job_outcome, o.created_at
from bulk_operations o
left join users u on u.id = o.user_id
left join jobs j on j.account_id = o.account_id and j.id = o.job_id
left join jobs r on r.account_id = o.account_id and r.id = o.restore_job_id
where o.account_id = @accountId and o.id = @operationId and o.kind = 'delete';

-- name: due
select o.account_id, o.id
from bulk_operations o
where o.kind = 'delete' and o.restorable_until <= @now and o.purged_at is null
  and not exists (select 1 from jobs j where j.account_id = o.account_id and j.id in (o.job_id, o.restore_job_id) and j.outcome is null)
order by o.account_id, o.id;

-- name: not-erased
select o.account_id, o.id, o.deleted, o.user_id
from bulk_operations o
where o.kind = 'delete' and o.restorable_until is null and o.erased_at is null
  and not exists (select 1 from jobs j where j.account_id = o.account_id and (j.id = o.job_id or j.kind = 'EraseContacts') and j.outcome is null);

-- name: purged
update bulk_operations set purged_at = @now where account_id = @AccountId and id = @Id;

-- name: unused-selections
select l.account_id, l.id
from lists l
where l.kind = 'SELECTION' and l.created_at < @before
  and not exists (select 1 from bulk_operations o where o.account_id = l.account_id and l.id in (o.selection_id, o.moved_id))
  and not exists (select 1 from imports i where i.account_id = l.account_id and i.seen_id = l.id)
  and not exists (select 1 from marketing_approvals m where m.account_id = l.account_id and m.selection_id = l.id)
  and not exists (select 1 from jobs j where j.account_id = l.account_id and j.outcome is null);      -- it may be what one of them works through

-- name: forget-chunks
delete from list_chunks where account_id = @accountId and list_id = @id;

-- name: forget-selection
delete from lists where account_id = @accountId and id = @id and kind = 'SELECTION';
