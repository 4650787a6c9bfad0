-- name: last
-- Of every list that has a history (a frozen selection has none): its last row, and what is in it while there is room.
select l.id as list_id, coalesce(h.id, 0) as id, h.from_at, case when length(h.changes) < @room then h.changes end as changes
from lists l
left join list_history h on h.account_id = @accountId and h.list_id = l.id
  and h.id = (select max(n.id) from list_history n where n.account_id = @accountId and n.list_id = l.id)
where l.account_id = @accountId and l.id in @lists and l.kind <> 'SELECTION';

-- name: grow
update list_history set changes = @changes, to_at = case when to_at > @to then to_at else @to end
where account_id = @accountId and list_id = @listId and id = @id;

-- name: up-to
select id, from_at, changes from list_history
where account_id = @accountId and list_id = @listId and id <= @id
order by id desc
limit 1;

-- name: all
select id, from_at, changes from list_history where account_id = @accountId and list_id = @listId order by id;

-- name: rewrite
update list_history set changes = @changes where account_id = @accountId and list_id = @listId and id = @Id;

-- name: since
select id, from_at, changes from list_history
where account_id = @accountId and list_id = @listId and to_at > @from
order by id;

-- name: last-change
select to_at from list_history
where account_id = @accountId and list_id = @listId
order by id desc
limit 1;

-- name: sizes
select day, members from list_sizes
where account_id = @accountId and list_id = @listId and day >= @since
order by day;

-- name: accounts
select account_id from accounts order by account_id;

-- name: note-sizes
insert into list_sizes (account_id, list_id, day, members)
select l.account_id, l.id, @day, cast(coalesce(sum(p.members), 0) as bigint)
from lists l left join (
  select list_id, count as members from list_chunks where account_id = @accountId
  union all
  select list_id, cast(case when added then 1 else -1 end as bigint) from list_deltas where account_id = @accountId
) p on p.list_id = l.id
where l.account_id = @accountId and l.kind <> 'SELECTION' and l.deleted_at is null and l.state = 'COMPLETE'
group by l.account_id, l.id
on conflict (account_id, list_id, day) do update set members = excluded.members;

-- name: accounts-with-old
select account_id from list_history where to_at < @before
union
select account_id from list_sizes where day < @day;

-- name: forget-changes
delete from list_history
where account_id = @accountId and (list_id, id) in (select list_id, id from list_history where account_id = @accountId and to_at < @before order by to_at limit @limit);

-- name: forget-sizes
delete from list_sizes where account_id = @accountId and day < @day;
