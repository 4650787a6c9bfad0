-- name: share
select version from list_gates where account_id = @accountId $share;

-- name: make
insert into list_gates (account_id, version) values (@accountId, 0) on conflict (account_id) do nothing;

-- name: alone
insert into list_gates (account_id, version) values (@accountId, @version)
on conflict (account_id) do update set version = excluded.version;

-- name: look
select version from list_gates where account_id = @accountId;
