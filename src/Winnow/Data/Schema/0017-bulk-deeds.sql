-- Deeds on many contacts: what a move into or out of a list did, so that it can be taken back; files with an end.

alter table bulk_operations add column list_id bigint;     -- of kind list: into or out of which
alter table bulk_operations add column moved_id bigint;    -- lists.id of kind SELECTION: who really joined or left; joined there: since when they are in, or were
create index bulk_operations_list on bulk_operations (account_id, list_id, id) where list_id is not null;

alter table files add column expires_at bigint;            -- removed then; null: with what it belongs to
create index files_expiry on files (expires_at) where expires_at is not null;
