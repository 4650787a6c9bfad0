-- Indexes on properties that live in contacts.custom: what asks for them, and which there are.

create table property_uses (              -- how often conditions that an index would serve were asked of the database, a row a day
  account_id  bigint not null,
  property_id bigint not null,
  day         bigint not null,            -- UTC, since 1970
  uses        bigint not null,
  last_at     bigint not null,
  primary key (account_id, property_id, day)
);
create index property_uses_day on property_uses (day);

create table property_indexes (
  account_id  bigint not null,
  property_id bigint not null,
  pinned      boolean not null default false,        -- an administrator keeps it
  made_at     bigint,                     -- null: there is none
  dropped_at  bigint,                     -- when an administrator dropped it: not made again by itself for a while
  lease_until bigint not null default 0,  -- until when a process is making or dropping it
  problem     text,                       -- why it could not be made
  primary key (account_id, property_id)
);
