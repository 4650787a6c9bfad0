-- Lists: kept when deleted, turned into static ones, in folders, with their past.

alter table lists add column folder_id bigint not null default 0;    -- list_folders.id; 0: in none
alter table lists add column converts_at bigint;                     -- when it becomes static; null: never, or after inactivity
alter table lists add column converts_after_days bigint;             -- it becomes static after so many days without a join or leave
alter table lists add column conversion_set_at bigint;               -- when that was said
alter table lists add column converted_at bigint;                    -- when it became static
alter table lists add column purged_at bigint;                       -- deleted for good: its members are gone
alter table lists add column deleted_by bigint;
update lists set purged_at = deleted_at where deleted_at is not null and kind <> 'DYNAMIC';    -- so far a deletion took the members along
create index lists_deleted on lists (deleted_at) where deleted_at is not null and purged_at is null;
create index lists_conversion on lists (account_id, id) where conversion_set_at is not null;

alter table list_chunks add column joined $bytes;                    -- JoinTimes.cs; null: nobody knows

create table list_folders (
  account_id bigint not null,
  id         bigint not null,
  parent_id  bigint not null,             -- 0: none
  name       text   not null,
  name_key   $text  not null,
  created_by bigint,
  created_at bigint not null,
  primary key (account_id, id)
);
create unique index list_folders_name on list_folders (account_id, parent_id, name_key);

create table list_history (               -- who joined and left, as ListHistory.cs packs it: some hundred changes a row
  account_id bigint not null,
  list_id    bigint not null,
  id         bigint not null,             -- counted per list, under its lock
  from_at    bigint not null,             -- the first change; the times in the bytes count from here
  to_at      bigint not null,             -- the last change
  changes    $bytes not null,
  primary key (account_id, list_id, id)
);
create index list_history_age on list_history (to_at);
create table list_sizes (                 -- a point a day
  account_id bigint not null,
  list_id    bigint not null,
  day        bigint not null,             -- UTC, since 1970
  members    bigint not null,
  primary key (account_id, list_id, day)
);
create index list_sizes_age on list_sizes (day);

drop view shown_lists;
create view shown_lists as                 -- the lists of people; one whose job ended before it was filled is STOPPED
select account_id, id, name, name_key, kind, filter, time_zone, created_by, created_at, updated_at, filters_updated_at, built_at,
       folder_id, converts_at, converts_after_days, conversion_set_at, converted_at,
       case when state = 'PROCESSING' and not exists (
              select 1 from jobs j
              where j.account_id = lists.account_id and j.kind = 'BuildLists' and j.outcome is null and j.id = coalesce(lists.build_job_id, j.id))
            then 'STOPPED' else state end as state
from lists
where deleted_at is null and kind <> 'SELECTION';
