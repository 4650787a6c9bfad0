-- name: key
select secret from address_hash_keys where id = 1;

-- name: make-key
insert into address_hash_keys (id, secret) values (1, @secret) on conflict (id) do nothing;

-- name: blocked
select account_id, email_hash from blocked_addresses;

-- name: key-blocked
update blocked_addresses set email_hash = @keyed where account_id = @accountId and email_hash = @hash;

-- name: any-hidden
select exists (select 1 from addresses where account_id = @accountId and email_key >= '#' and email_key < '$');

-- name: hidden
select h.email_key from addresses h where h.account_id = @accountId and h.email_key in @hashes order by h.email_key $lock;

-- name: drop
delete from addresses where account_id = @accountId and email_key in @keys;

-- name: rename
update addresses set email_key = r.new_key, email = r.email, hard_bounce_inbox_id = null
from (
  select cast(value ->> 'account' as bigint) as account_id, value ->> 'from' as old_key, value ->> 'to' as new_key, value ->> 'email' as email
  from $each(@rows)) r
where addresses.account_id = r.account_id and addresses.email_key = r.old_key
  and not exists (select 1 from addresses known where known.account_id = r.account_id and known.email_key = r.new_key);
