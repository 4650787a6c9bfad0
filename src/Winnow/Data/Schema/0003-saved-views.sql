create table contact_views (              -- saved views of the contacts: who is shown, which columns, which order
  account_id bigint not null,
  id         bigint not null,
  owner_id   bigint not null,
  name       text   not null,
  name_key   $text  not null,
  shared     boolean not null,            -- everyone in the account sees it, only its owner changes it
  filter     text,                        -- HubSpot's filterBranch as JSON; null: everyone
  columns    text   not null,             -- names of properties with spaces between; empty: the usual ones
  sort       text   not null,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (account_id, id)
);
create unique index contact_views_name on contact_views (account_id, owner_id, name_key);
create index contact_views_shared on contact_views (account_id, name_key) where shared;
