-- name: name
select name from accounts where account_id = @accountId;

-- name: accounts
select account_id from accounts where account_id > 0 order by account_id;
