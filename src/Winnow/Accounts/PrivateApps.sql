-- name: all
select p.account_id, p.id, p.name, p.description, p.scopes, p.created_by, u.name as created_by_name, p.created_at, p.token_at, p.last_used_at, p.revoked_at
from private_apps p left join users u on u.id = p.created_by
where p.account_id = @accountId
order by coalesce(p.revoked_at, 0), lower(p.name), p.id;

-- name: find
select p.account_id, p.id, p.name, p.description, p.scopes, p.created_by, u.name as created_by_name, p.created_at, p.token_at, p.last_used_at, p.revoked_at
from private_apps p left join users u on u.id = p.created_by
where p.account_id = @accountId and p.id = @id and p.revoked_at is null;

-- name: add
insert into private_apps (account_id, id, name, description, scopes, token_hash, created_by, created_at, token_at)
values (@accountId, @id, @Name, @Description, @scopes, @tokenHash, @UserId, @now, @now);

-- name: save
update private_apps set name = @Name, description = @Description, scopes = @scopes where account_id = @accountId and id = @id and revoked_at is null;

-- name: rotate
update private_apps set token_hash = @tokenHash, token_at = @now, last_used_at = null where account_id = @accountId and id = @id and revoked_at is null;

-- name: revoke
update private_apps set revoked_at = @now where account_id = @accountId and id = @id and revoked_at is null returning name;

-- name: token-hash
select p.token_hash from private_apps p join accounts a on a.account_id = p.account_id
where p.account_id = @AccountId and p.id = @AppId and p.revoked_at is null;

-- name: note-use
update private_apps set last_used_at = @now where account_id = @AccountId and id = @Id and (last_used_at is null or last_used_at <= @before);
