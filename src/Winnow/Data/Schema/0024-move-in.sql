-- Accounts of HubSpot that are moved in, and which of their records became which of ours.

create table move_ins (                   -- one for each account of HubSpot
  account_id bigint not null,
  id         bigint not null,
  portal_id  bigint not null,             -- HubSpot's number of it
  token      text,                        -- encrypted; null: forgotten
  brought    $json,                       -- what the last whole run brought
  until      bigint,                      -- HubSpot's changes up to here were brought by it
  job_id     bigint,                      -- the latest run
  created_by bigint,
  created_at bigint not null,
  primary key (account_id, id)
);
create unique index move_ins_portal on move_ins (account_id, portal_id);

create table moved_records (
  account_id bigint not null,
  portal_id  bigint not null,
  kind       text   not null,             -- contact or list
  hubspot_id bigint not null,
  record_id  bigint not null,             -- contacts.id or lists.id
  primary key (account_id, portal_id, kind, hubspot_id)
);
create index moved_records_ours on moved_records (account_id, kind, record_id);
