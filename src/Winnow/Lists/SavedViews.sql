-- name: all
select v.id, v.owner_id, u.name as owner_name, v.name, v.shared, v.team_id, t.name as team_name, v.filter, v.columns, v.sort, v.updated_at
from contact_views v
left join users u on u.id = v.owner_id
left join teams t on t.account_id = v.account_id and t.id = v.team_id
where v.account_id = @accountId and (v.owner_id = @userId or v.shared or v.team_id in (select m.team_id from team_members m where m.account_id = @accountId and m.user_id = @userId))
order by case when v.owner_id = @userId then 0 else 1 end, v.name_key, v.id;

-- name: find
select v.id, v.owner_id, u.name as owner_name, v.name, v.shared, v.team_id, t.name as team_name, v.filter, v.columns, v.sort, v.updated_at
from contact_views v
left join users u on u.id = v.owner_id
left join teams t on t.account_id = v.account_id and t.id = v.team_id
where v.account_id = @accountId and v.id = @id and (v.owner_id = @userId or v.shared or v.team_id in (select m.team_id from team_members m where m.account_id = @accountId and m.user_id = @userId));

-- name: of-present-people
select v.id, v.owner_id, u.name as owner_name, v.name, v.shared, v.team_id, t.name as team_name, v.filter, v.columns, v.sort, v.updated_at
from contact_views v
join account_users m on m.account_id = v.account_id and m.user_id = v.owner_id and m.deactivated_at is null
join users u on u.id = v.owner_id
left join teams t on t.account_id = v.account_id and t.id = v.team_id
where v.account_id = @accountId
order by v.name_key, v.id;

-- name: count
select count(*) from contact_views where account_id = @accountId and owner_id = @userId;

-- name: id-by-name
select id from contact_views where account_id = @accountId and owner_id = @userId and name_key = @nameKey;

-- name: create
insert into contact_views (account_id, id, owner_id, name, name_key, shared, team_id, filter, columns, sort, created_at, updated_at)
values (@accountId, @id, @userId, @name, @nameKey, @shared, @teamId, @Filter, @Columns, @Sort, @now, @now);

-- name: rename
update contact_views set name = @name, name_key = @nameKey, shared = @shared, team_id = @teamId, updated_at = @now
where account_id = @accountId and id = @id and owner_id = @userId;

-- name: change
update contact_views set filter = @Filter, columns = @Columns, sort = @Sort, updated_at = @now
where account_id = @accountId and id = @id and owner_id = @userId;

-- name: delete
delete from contact_views where account_id = @accountId and id = @id and owner_id = @userId;

-- name: in-team
select count(*) from team_members where account_id = @accountId and team_id = @teamId and user_id = @userId;

-- name: count-of-team
select count(*) from contact_views where account_id = @accountId and team_id = @teamId;

-- name: team-gone
update contact_views set team_id = null, updated_at = @now where account_id = @accountId and team_id = @teamId;
