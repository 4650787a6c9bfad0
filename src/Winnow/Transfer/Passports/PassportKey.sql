-- name: key
select secret from passport_keys where id = 1;

-- name: make
insert into passport_keys (id, secret) values (1, @secret) on conflict (id) do nothing;
