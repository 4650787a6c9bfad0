-- name: all
select domain, selector, public_key, signs_since, created_at
from dkim_keys
where account_id = @accountId
order by domain, created_at desc, selector;

-- name: add
insert into dkim_keys (account_id, domain, selector, private_key, public_key, created_at)
values (@accountId, @domain, @selector, @privateKey, @publicKey, @now);

-- name: hold
select selector from dkim_keys where account_id = @accountId and domain = @domain order by selector $lock;

-- name: sign
update dkim_keys set signs_since = case when selector = @selector then coalesce(signs_since, @now) end
where account_id = @accountId and domain = @domain;

-- name: stop
update dkim_keys set signs_since = null where account_id = @accountId and domain = @domain and selector = @selector;

-- name: delete
delete from dkim_keys where account_id = @accountId and domain = @domain and selector = @selector and signs_since is null;

-- name: signing
select selector, private_key from dkim_keys where account_id = @accountId and domain = @domain and signs_since is not null;
