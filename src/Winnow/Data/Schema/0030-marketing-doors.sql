-- Who becomes a marketing contact, and by which door: what a tool does by default, how many may in a day, and what waits for an approval.

create table marketing_defaults (         -- none for a tool: as the table of tools says
  account_id bigint  not null,
  tool       text    not null,
  marketing  boolean not null,            -- contacts that it makes are marketing contacts unless somebody says otherwise
  known      boolean not null,            -- and those it finds become so too
  primary key (account_id, tool)
);
alter table imports add column marketing_known boolean not null default true;   -- set as marketing contacts: known ones too

create table marketing_fuses (            -- none: the usual one
  account_id bigint  not null primary key,
  is_on      boolean not null,
  percent    int     not null,            -- of the contact tier; without one, of the marketing contacts
  contacts   bigint  not null             -- or so many, whichever is more
);
create table marketing_fuse_days (
  account_id bigint not null,
  on_date    text   not null,             -- yyyy-mm-dd in the account's time zone
  taken      bigint not null,             -- contacts that became marketing contacts, or were ordered to, without an approval
  primary key (account_id, on_date)
);
create table marketing_approvals (        -- what the fuse holds back
  account_id   bigint not null,
  id           bigint not null,
  origin       text   not null,           -- what asks: selection:7, import:3, person:2; what it asks later is added while it waits
  words        text   not null,           -- who was selected, in words
  title        text   not null,           -- of the job
  selection_id bigint not null,           -- lists.id of kind SELECTION
  asked        bigint not null,           -- contacts that it is about
  reason_type  text   not null,           -- hs_marketable_reason_type and _id
  reason_id    text,
  asked_by     bigint,
  asked_at     bigint not null,
  tell_at      bigint,                    -- when who pays is told; null: they were
  decision     text,                      -- Approved, Refused; null: waits
  decided_by   bigint,
  decided_at   bigint,
  why          text,                      -- of a refusal
  job_id       bigint,
  primary key (account_id, id)
);
create unique index marketing_approvals_waiting on marketing_approvals (account_id, origin) where decision is null;
