-- Bounces: what gives addresses another chance. Unbounce of many, incidents, parole.

alter table addresses add column hard_bounce_inbox_id bigint;     -- the report that put the bounce on record
update addresses set hard_bounce_inbox_id = (
  select max(e.inbox_id) from email_events e join inbox i on i.account_id = e.account_id and i.id = e.inbox_id
  where e.account_id = addresses.account_id and e.email_key = addresses.email_key and e.type = 'BOUNCE' and i.effect in ('hard', 'spared'))
where hard_bounced_at is not null;

create table second_chances (             -- an account's own settings; an account without a row has SecondChances.Default
  account_id        bigint  not null primary key,
  unbounces_a_day   int,                  -- null: as many as people like
  parole            boolean not null,
  parole_after_days int     not null,     -- how long after the bounce
  parole_a_day      int     not null      -- for each domain of recipients
);
create table day_budgets (                -- how much of something a day (UTC) has seen
  account_id bigint not null,
  what       $text  not null,             -- unbounce, or parole and the domain
  day        bigint not null,             -- since 1970
  used       bigint not null,
  primary key (account_id, what, day)
);
create index day_budgets_day on day_budgets (day);

create table paroles (                    -- one e-mail to an address that bounced for a reason that may pass
  account_id bigint not null,
  email_id   bigint not null,
  contact_id bigint not null,
  email_key  $text  not null,
  bounced_at bigint not null,             -- the bounce it looks past
  at         bigint not null,
  outcome    text,                        -- back, bounced, unsent; null while nobody knows
  primary key (account_id, email_id, contact_id)
);
create index paroles_address on paroles (account_id, email_key, at);
create index paroles_open on paroles (at) where outcome is null;

create table incidents (                  -- bursts of blocks
  account_id bigint not null,
  id         bigint not null,
  grouped_by text   not null,             -- provider or text: what the blocks have in common
  group_key  $text  not null,
  provider   text   not null,             -- of the block that opened it
  sample     text   not null,             -- its words
  first_at   bigint not null,
  last_at    bigint not null,
  opened_at  bigint not null,
  primary key (account_id, id)
);
create index incidents_key on incidents (account_id, grouped_by, group_key, last_at);
create table incident_blocks (            -- blocks, one a report that changed something
  account_id  bigint not null,
  inbox_id    bigint not null,
  at          bigint not null,            -- when the report came
  provider    $text  not null,
  words       $text  not null,            -- IncidentRules.Normalise; empty: too few to say anything
  email_key   $text  not null,
  contact_id  bigint not null,
  incident_id bigint,
  primary key (account_id, inbox_id)
);
create index incident_blocks_provider on incident_blocks (account_id, provider, at) where incident_id is null;
create index incident_blocks_words on incident_blocks (account_id, words, at) where incident_id is null;
create index incident_blocks_incident on incident_blocks (account_id, incident_id, inbox_id) where incident_id is not null;
create index incident_blocks_single on incident_blocks (at) where incident_id is null;
