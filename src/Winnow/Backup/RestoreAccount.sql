-- name: name
select name from accounts where account_id = @archived;

-- name: erased
select count(*) from blocked_addresses where account_id = @to;
