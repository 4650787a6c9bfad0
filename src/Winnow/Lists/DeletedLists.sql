-- name: all
select l.id, l.name, l.kind, l.state, l.filter, l.time_zone, l.deleted_at, u.name as deleted_by
from lists l left join users u on u.id = l.deleted_by
where l.account_id = @accountId and l.deleted_at > @since and l.purged_at is null and l.kind <> 'SELECTION'
order by l.deleted_at desc, l.id desc;

-- name: find
select id, name, kind, state, filter, time_zone, deleted_at, null as deleted_by
from lists
where account_id = @accountId and id = @id and deleted_at > @since and purged_at is null and kind <> 'SELECTION' $lock;

-- name: look
select id, name, kind, state, filter, time_zone, deleted_at, null as deleted_by
from lists
where account_id = @accountId and id = @id and deleted_at > @since and purged_at is null and kind <> 'SELECTION';

-- name: name
select name from lists where account_id = @accountId and id = @id and deleted_at is not null and kind <> 'SELECTION';

-- name: restore
update lists set name = @name, name_key = @nameKey, state = @state, build_job_id = null, deleted_at = null, deleted_by = null, updated_at = @now
where account_id = @accountId and id = @id;

-- name: due
select account_id, id from lists where deleted_at <= @before and purged_at is null and kind <> 'SELECTION' order by account_id, id;

-- name: forget-history
delete from list_history where account_id = @accountId and list_id = @id;

-- name: forget-sizes
delete from list_sizes where account_id = @accountId and list_id = @id;

-- name: purged
update lists set purged_at = @now where account_id = @accountId and id = @id and deleted_at is not null;
