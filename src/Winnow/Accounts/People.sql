-- name: all
select m.user_id, u.name, u.email, m.super_admin, m.permissions, m.created_at, m.deactivated_at
from account_users m join users u on u.id = m.user_id
where m.account_id = @accountId
order by case when m.deactivated_at is null then 0 else 1 end, u.name, u.id;

-- name: find
select m.user_id, u.name, u.email, m.super_admin, m.permissions, m.created_at, m.deactivated_at
from account_users m join users u on u.id = m.user_id
where m.account_id = @accountId and m.user_id = @userId;

-- name: join
insert into account_users (account_id, user_id, super_admin, permissions, created_at) values (@accountId, @userId, @SuperAdmin, @Text, @now)
on conflict (account_id, user_id) do update set super_admin = excluded.super_admin, permissions = excluded.permissions, deactivated_at = null;

-- name: allow
update account_users set super_admin = @SuperAdmin, permissions = @Text where account_id = @accountId and user_id = @userId;

-- name: activate
update account_users set deactivated_at = @at where account_id = @accountId and user_id = @userId;

-- name: hold-super-admins
select user_id from account_users where account_id = @accountId and super_admin order by user_id $lock;

-- name: super-admins
select count(*) from account_users where account_id = @accountId and super_admin and deactivated_at is null;
