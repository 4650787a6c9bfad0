-- name: drop
delete from recovery_codes where user_id = @userId;

-- name: add
insert into recovery_codes (user_id, code_hash) values (@userId, @hash) on conflict do nothing;

-- name: spend
delete from recovery_codes where user_id = @userId and code_hash = @hash;

-- name: count
select count(*) from recovery_codes where user_id = @userId;
