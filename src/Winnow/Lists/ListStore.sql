-- name: find
select id, name, kind, state, filter, time_zone, created_by, created_at, updated_at, filters_updated_at, built_at,
       folder_id, converts_at, converts_after_days, conversion_set_at, converted_at
from shown_lists
where account_id = @accountId and id = @id;

-- name: find-by-name
select id, name, kind, state, filter, time_zone, created_by, created_at, updated_at, filters_updated_at, built_at,
       folder_id, converts_at, converts_after_days, conversion_set_at, converted_at
from shown_lists
where account_id = @accountId and name_key = @nameKey;

-- name: all
select id, name, kind, state, filter, time_zone, created_by, created_at, updated_at, filters_updated_at, built_at,
       folder_id, converts_at, converts_after_days, conversion_set_at, converted_at
from shown_lists
where account_id = @accountId
order by updated_at desc, id desc;

-- name: named
select id, name, kind, state, filter, time_zone, created_by, created_at, updated_at, filters_updated_at, built_at,
       folder_id, converts_at, converts_after_days, conversion_set_at, converted_at
from shown_lists
where account_id = @accountId and name_key like @like escape '\'
order by updated_at desc, id desc
limit @take;

-- name: create
insert into lists (account_id, id, name, name_key, kind, state, filter, moves, time_zone, folder_id, created_by, created_at, updated_at, filters_updated_at)
values (@accountId, @id, @name, @nameKey, @kind, @state, cast(@filter as $json), @moves, @zone, @folderId, @userId, @now, @now, @now);

-- name: rename
update lists set name = @name, name_key = @nameKey, updated_at = @now
where account_id = @accountId and id = @id and deleted_at is null and kind <> 'SELECTION';

-- name: change-filter
update lists set filter = cast(@filter as $json), moves = @moves, time_zone = @zone, state = 'PROCESSING', build_job_id = null, filters_updated_at = @now, updated_at = @now
where account_id = @accountId and id = @id;

-- name: fill-again
update lists set state = 'PROCESSING', build_job_id = null, updated_at = @now where account_id = @accountId and id = @id;

-- name: delete
update lists set deleted_at = @now, deleted_by = @userId, converts_at = null, converts_after_days = null, conversion_set_at = null
where account_id = @accountId and id = @id and deleted_at is null and kind <> 'SELECTION';

-- name: static-with
select l.id as list_id, c.members, false as added
from lists l join list_chunks c on c.account_id = l.account_id and c.list_id = l.id
where l.account_id = @AccountId and l.kind in ('MANUAL', 'SNAPSHOT') and l.deleted_at is null and c.chunk = @chunk
union all
select l.id, null, d.added
from lists l join list_deltas d on d.account_id = l.account_id and d.list_id = l.id
where l.account_id = @AccountId and l.kind in ('MANUAL', 'SNAPSHOT') and l.deleted_at is null and d.contact_id = @Id;

-- name: hold-contacts
select id from contacts where account_id = @accountId and id in @ids order by id $lock;

-- name: delete-selection
delete from lists where account_id = @accountId and id = @selectionId and kind = 'SELECTION';
