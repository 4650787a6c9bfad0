-- name: all
select t.id, t.name, (select count(*) from team_members m where m.account_id = t.account_id and m.team_id = t.id) as members
from teams t
where t.account_id = @accountId
order by t.name_key, t.id;

-- name: find
select t.id, t.name, (select count(*) from team_members m where m.account_id = t.account_id and m.team_id = t.id) as members
from teams t
where t.account_id = @accountId and t.id = @id;

-- name: of-user
select t.id, t.name, (select count(*) from team_members m where m.account_id = t.account_id and m.team_id = t.id) as members
from team_members i
join teams t on t.account_id = i.account_id and t.id = i.team_id
where i.account_id = @accountId and i.user_id = @userId
order by t.name_key, t.id;

-- name: members
select m.team_id, m.user_id, u.name, u.email, a.deactivated_at
from team_members m
join account_users a on a.account_id = m.account_id and a.user_id = m.user_id
join users u on u.id = m.user_id
where m.account_id = @accountId
order by u.name, u.id;

-- name: person
select u.name from account_users a join users u on u.id = a.user_id where a.account_id = @accountId and a.user_id = @userId;

-- name: count
select count(*) from teams where account_id = @accountId;

-- name: id-by-name
select id from teams where account_id = @accountId and name_key = @nameKey;

-- name: create
insert into teams (account_id, id, name, name_key, created_at) values (@accountId, @id, @name, @nameKey, @now);

-- name: rename
update teams set name = @name, name_key = @nameKey where account_id = @accountId and id = @id;

-- name: empty
delete from team_members where account_id = @accountId and team_id = @id;

-- name: delete
delete from teams where account_id = @accountId and id = @id;

-- name: add
insert into team_members (account_id, team_id, user_id) values (@accountId, @id, @userId)
on conflict (account_id, team_id, user_id) do nothing;

-- name: remove
delete from team_members where account_id = @accountId and team_id = @id and user_id = @userId;
