-- Rules by which contacts become non-marketing on the update date, without anybody asking.

create table marketing_rules (
  account_id bigint not null,
  id         bigint not null,
  kind       text   not null,             -- HardBounced, Unsubscribed, Complained, Unengaged or List
  number     bigint not null,             -- days of Unengaged, the list's id of List; else 0
  on_since   bigint,                      -- null: switched off
  on_by      bigint,                      -- user who switched it on
  ran_at     bigint,                      -- when it last looked
  primary key (account_id, id)
);
create unique index marketing_rules_by_kind on marketing_rules (account_id, kind, number);
create table marketing_rule_chunks (      -- whom a rule has scheduled, as long as they fit it: whoever sets one of them back is not overruled
  account_id bigint not null,
  rule_id    bigint not null,
  chunk      bigint not null,
  members    $bytes not null,
  primary key (account_id, rule_id, chunk)
);
create table marketing_rule_runs (        -- each time that a rule scheduled anybody
  account_id   bigint not null,
  id           bigint not null,           -- bulk_operations.id
  rule_id      bigint not null,
  at           bigint not null,
  contacts     bigint not null,
  job_id       bigint not null,
  primary key (account_id, id)
);
