-- Permanent delete: addresses remembered by a keyed hash, files that expire.

create table address_hash_keys (          -- the one secret behind the hashes of erased addresses; made with the first permanent delete
  id     int  not null primary key,       -- 1
  secret text not null                    -- encrypted
);
-- blocked_addresses.email_hash is keyed from then on; and what is known of an erased address (addresses) lies under # and that hash

alter table files add column expired_at bigint;              -- when its pieces were removed
create index files_age on files (created_at) where expired_at is null;
alter table bulk_operations add column erased_at bigint;     -- a permanent delete: when nothing was left of its contacts (those of before are looked through now)
create index bulk_operations_unerased on bulk_operations (account_id, id) where kind = 'delete' and restorable_until is null and erased_at is null;
