-- name: older
select version, at, source, source_id, user_id, changes, before from contact_history
where account_id = @AccountId and contact_id = @Id and version < @below order by version desc limit @limit;

-- name: newer
select version, before from contact_history
where account_id = @AccountId and contact_id = @Id and version > @above order by version limit @limit;

-- name: users
select u.id, u.name from users u join account_users m on m.user_id = u.id where m.account_id = @accountId and u.id in @ids;
