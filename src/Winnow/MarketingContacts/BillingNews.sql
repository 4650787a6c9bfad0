-- name: payers
select user_id, super_admin, permissions from account_users where account_id = @accountId and deactivated_at is null order by user_id;
