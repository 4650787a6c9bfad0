-- name: hold
select 1;

-- name: hold (postgres)
lock table data_protection_keys in share row exclusive mode;

-- name: all
select xml from data_protection_keys order by id;

-- name: store
insert into data_protection_keys (id, xml) values (@id, @xml) on conflict (id) do update set xml = excluded.xml;
