-- name: count
select count(*) from accounts where account_id > 0;

-- name: add
insert into accounts (account_id, name, time_zone, language, secret, created_at)
values (@accountId, @Name, @TimeZone, @Language, @secret, @now);

-- name: join
insert into account_users (account_id, user_id, super_admin, permissions, created_at) values (@accountId, @userId, @SuperAdmin, @Text, @now)
on conflict do nothing;

-- name: account-of-user
select account_id from account_users where user_id = @userId and deactivated_at is null order by created_at, account_id limit 1;

-- name: person
select a.account_id, u.id as user_id, a.name as account_name, u.name as user_name, u.email, a.time_zone,
  coalesce(u.language, a.language) as language, u.security_stamp, m.super_admin, m.permissions
from account_users m
join accounts a on a.account_id = m.account_id
join users u on u.id = m.user_id
where m.account_id = @accountId and m.user_id = @userId and m.deactivated_at is null;

-- name: find
select account_id as id, name, time_zone, language, currency from accounts where account_id = @accountId;

-- name: save
update accounts set name = @Name, time_zone = @TimeZone, language = @Language, currency = @Currency where account_id = @accountId;

-- name: secret
select secret from accounts where account_id = @accountId;

-- name: mailing-account-of-user
select m.account_id from account_users m
left join mail_settings s on s.account_id = m.account_id and s.relay_host <> '' and s.public_url <> ''
where m.user_id = @userId and m.deactivated_at is null
order by case when s.account_id is null then 1 else 0 end, m.created_at, m.account_id limit 1;

-- name: way-to-user
select m.account_id, s.public_url as url, a.time_zone, coalesce(u.language, a.language) as language
from account_users m
join users u on u.id = m.user_id
join accounts a on a.account_id = m.account_id
join mail_settings s on s.account_id = m.account_id and s.relay_host <> '' and s.public_url <> '' and s.from_address <> '' and s.bounce_domain <> ''
where m.user_id = @userId and m.deactivated_at is null
order by m.created_at, m.account_id limit 1;

-- name: accounts-of-user
select a.account_id as id, a.name, a.time_zone, a.language, a.currency
from account_users m join accounts a on a.account_id = m.account_id
where m.user_id = @userId and m.deactivated_at is null
order by a.name, a.account_id;
