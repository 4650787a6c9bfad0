-- name: secret
select secret from accounts where account_id = @accountId;
