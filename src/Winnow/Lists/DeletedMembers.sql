-- name: memberships
select l.id as list_id, l.kind, l.state, c.chunk as number, c.members, false as added
from lists l join list_chunks c on c.account_id = l.account_id and c.list_id = l.id
where l.account_id = @accountId and l.kind in ('MANUAL', 'SNAPSHOT', 'DYNAMIC') and l.state = 'COMPLETE' and c.chunk in @chunks
union all
select l.id, l.kind, l.state, d.contact_id, null, d.added
from lists l join list_deltas d on d.account_id = l.account_id and d.list_id = l.id
where l.account_id = @accountId and l.kind in ('MANUAL', 'SNAPSHOT', 'DYNAMIC') and l.state = 'COMPLETE' and d.contact_id in @ids
union all
select l.id, l.kind, l.state, 0, null, false from lists l
where l.account_id = @accountId and l.kind in ('SNAPSHOT', 'DYNAMIC') and l.state = 'PROCESSING' and l.deleted_at is null;

-- name: kept
select list_id, chunk, members from deleted_members
where account_id = @accountId and operation_id = @operationId and chunk in @chunks;

-- name: keep
insert into deleted_members (account_id, operation_id, list_id, chunk, members) values (@accountId, @operationId, @listId, @chunk, @bytes)
on conflict (account_id, operation_id, list_id, chunk) do update set members = excluded.members;

-- name: drop
delete from deleted_members where account_id = @accountId and operation_id = @operationId and list_id = @listId and chunk = @chunk;

-- name: forget
delete from deleted_members where account_id = @accountId and operation_id = @operationId;

-- name: present-contacts
select id from contacts where account_id = @accountId and id in @ids;

-- name: list
select id from lists where account_id = @accountId and id = @listId and (deleted_at is null or kind <> 'DYNAMIC') and purged_at is null and state = 'COMPLETE';
