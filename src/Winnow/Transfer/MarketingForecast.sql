-- name: non-marketing
select count(*) from contacts where account_id = @AccountId and id in @ids and not marketing;
