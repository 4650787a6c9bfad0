-- Lists whose filter changes with the clock alone: until when their members were moved (SweepLists).
alter table lists add column moves boolean not null default false;
alter table lists add column swept_at bigint;
create index lists_moving on lists (account_id, id) where moves and deleted_at is null;
