-- name: all
select provider, generation, coalesce(secret, '') as secret, last_at, problem from webhooks where account_id = @accountId and secret is not null order by provider;

-- name: save
insert into webhooks (account_id, provider, generation, secret) values (@accountId, @Code, 1, @secret)
on conflict (account_id, provider) do update set secret = excluded.secret, problem = null, generation = webhooks.generation + @renew,
  last_at = case when @renew = 1 then null else webhooks.last_at end;

-- name: close
update webhooks set secret = null, generation = generation + 1, problem = null, last_at = null where account_id = @accountId and provider = @Code and secret is not null;

-- name: seen
update webhooks set last_at = @now, problem = null where account_id = @accountId and provider = @Code and (last_at is null or last_at < @before or problem is not null);

-- name: refused
update webhooks set problem = @problem where account_id = @accountId and provider = @Provider;

-- name: once
insert into webhook_calls (account_id, call, at) values (@accountId, @call, @now) on conflict (account_id, call) do nothing;

-- name: accounts-with-old
select distinct account_id from webhook_calls where at < @before;

-- name: forget
delete from webhook_calls where account_id = @accountId and at < @before;
