-- name: members
select list_id, chunk as number, members, false as added
from list_chunks
where account_id = @accountId and list_id in @lists and chunk between @fromChunk and @toChunk
union all
select list_id, contact_id, null, added
from list_deltas
where account_id = @accountId and list_id in @lists and contact_id between @fromContact and @toContact;

-- name: chunks
select chunk as number, members, joined
from list_chunks
where account_id = @accountId and list_id = @listId and chunk in @chunks;

-- name: count
select cast(coalesce((select sum(count) from list_chunks where account_id = @accountId and list_id = @listId), 0)
  + coalesce((select sum(case when added then 1 else -1 end) from list_deltas where account_id = @accountId and list_id = @listId), 0) as bigint);

-- name: counts
select list_id, cast(sum(members) as bigint) as members
from (
  select list_id, count as members from list_chunks where account_id = @accountId
  union all
  select list_id, cast(case when added then 1 else -1 end as bigint) from list_deltas where account_id = @accountId
) parts
group by list_id;

-- name: last-chunk
select coalesce(max(last), -1) from (
  select max(chunk) as last from list_chunks where account_id = @accountId and list_id = @listId
  union all
  select max(contact_id) / 65536 from list_deltas where account_id = @accountId and list_id = @listId
) ends;

-- name: clear-chunks
delete from list_chunks where account_id = @accountId and list_id = @listId;

-- name: clear-deltas
delete from list_deltas where account_id = @accountId and list_id = @listId;

-- name: drop-deltas
delete from list_deltas where account_id = @accountId and list_id = @listId and contact_id in @ids;

-- name: noted
select list_id, contact_id from list_deltas where account_id = @accountId and list_id in @lists and contact_id between @from and @to;

-- name: undo-deltas
delete from list_deltas
where account_id = @accountId and list_id in @lists and contact_id = @contactId and added = (list_id in @leaves)
returning list_id;

-- name: undo-deltas-of
delete from list_deltas
where account_id = @accountId and list_id = @listId and contact_id in @ids
returning contact_id;

-- name: put-deltas
insert into list_deltas (account_id, list_id, contact_id, added, at)
select account_id, id, @contactId, id in @joins, @now from lists where account_id = @accountId and id in @lists
on conflict (account_id, list_id, contact_id) do update set added = excluded.added, at = excluded.at;

-- name: lists-with-deltas
select distinct l.account_id, l.id
from lists l
where l.state = 'COMPLETE' and exists (select 1 from list_deltas d where d.account_id = l.account_id and d.list_id = l.id);

-- name: take-deltas (sqlite)
delete from list_deltas
where account_id = @accountId and list_id = @listId
returning contact_id, added, at;

-- name: take-deltas (postgres)
delete from list_deltas
where account_id = @accountId and list_id = @listId and contact_id in (
  select contact_id from list_deltas
  where account_id = @accountId and list_id = @listId
  for update skip locked)
returning contact_id, added, at;

-- name: deltas
select contact_id, added, at from list_deltas where account_id = @accountId and list_id = @listId and contact_id in @ids;

-- name: all-deltas
select contact_id, added, at from list_deltas where account_id = @accountId and list_id = @listId;

-- name: joined
select list_id, joined from list_chunks where account_id = @accountId and list_id in @lists and chunk = @chunk;

-- name: joined-lately
select list_id, at from list_deltas where account_id = @accountId and list_id in @lists and contact_id = @contactId and added;
