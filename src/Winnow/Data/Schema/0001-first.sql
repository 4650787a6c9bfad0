-- The first schema. Rules: account_id leads every primary and unique key; no sequences, foreign keys, triggers,
-- stored procedures; instants are Unix milliseconds (UTC); $json $bytes $text are spelled by Dialect.cs.
-- Small reference tables that serve the whole installation (schema_versions, data_protection_keys, users) are the exception.

create table ids (                        -- next free id per account and kind; dense, so contact ids can be bits
  account_id bigint not null,
  kind       text   not null,
  next_id    bigint not null,
  primary key (account_id, kind)
);

-- ---------------------------------------------------------------- accounts

create table accounts (
  account_id  bigint not null primary key,
  name        text   not null,
  time_zone   text   not null,            -- IANA
  language    text   not null,            -- en or nl
  secret      $bytes not null,            -- signs return paths, message ids and unsubscribe links
  created_at  bigint not null
);

create table users (                      -- a person may belong to several accounts: one row for the installation
  id             bigint not null primary key,
  email          text   not null,
  email_key      $text  not null,
  name           text   not null,
  password_hash  text,
  security_stamp text   not null,
  failed_sign_ins int   not null default 0,
  locked_until   bigint,
  language       text,
  theme          text,
  created_at     bigint not null
);
create unique index users_email on users (email_key);

create table account_users (
  account_id bigint not null,
  user_id    bigint not null,
  created_at bigint not null,
  primary key (account_id, user_id)
);
create index account_users_user on account_users (user_id);

create table data_protection_keys (
  id  text not null primary key,
  xml text not null
);

create table mail_settings (
  account_id     bigint not null primary key,
  relay_host     text   not null,
  relay_port     int    not null,
  relay_tls      text   not null,         -- none, opportunistic, required
  relay_user     text,
  relay_password text,                    -- encrypted
  connections    int    not null,
  from_name      text   not null,
  from_address   text   not null,
  bounce_domain  text   not null,         -- return paths are b+TOKEN@bounce_domain
  public_url     text   not null          -- where unsubscribe links point
);

-- ---------------------------------------------------------------- jobs

create table jobs (
  account_id   bigint not null,
  id           bigint not null,
  kind         text   not null,
  title        text   not null,
  state        $json  not null,           -- where the next step goes on
  done         bigint not null default 0,
  total        bigint not null default 0,
  result       $json,                     -- counts and links for people, when finished
  outcome      text,                      -- null while open, then done, failed or cancelled
  error        text,
  attempts     int    not null default 0,
  cancel_asked boolean not null default false,
  lease_owner  text,
  lease_until  bigint not null default 0,
  created_by   bigint,
  created_at   bigint not null,
  started_at   bigint,
  finished_at  bigint,
  primary key (account_id, id)
);
create index jobs_open on jobs (lease_until, created_at) where outcome is null;

create table files (                      -- uploads and results, in pieces, so that any process can read them
  account_id bigint not null,
  id         bigint not null,
  name       text   not null,
  size       bigint not null,
  pieces     bigint not null,
  created_by bigint,
  created_at bigint not null,
  primary key (account_id, id)
);
create table file_pieces (
  account_id bigint not null,
  file_id    bigint not null,
  piece      bigint not null,
  bytes      $bytes not null,
  primary key (account_id, file_id, piece)
);

-- ---------------------------------------------------------------- contacts

create table properties (                 -- custom properties; the built-in ones are code (BuiltInProperties.cs), ids below 1000
  account_id  bigint not null,
  id          bigint not null,
  name        $text  not null,
  label       text   not null,
  type        text   not null,
  field_type  text   not null,
  description text   not null default '',
  options     $json  not null,
  archived_at bigint,
  created_at  bigint not null,
  updated_at  bigint not null,
  primary key (account_id, id)
);
create unique index properties_name on properties (account_id, name);

create table contacts (
  account_id           bigint not null,
  id                   bigint not null,
  version              bigint not null,   -- one higher with every change; also the number of the history row
  created_at           bigint not null,
  updated_at           bigint not null,
  created_by           bigint,            -- the user behind its creation, if it was one
  first_send_at        bigint,
  last_send_at         bigint,
  last_open_at         bigint,
  last_click_at        bigint,
  emails_delivered     bigint not null default 0,
  emails_opened        bigint not null default 0,
  emails_clicked       bigint not null default 0,
  emails_bounced       bigint not null default 0,
  sends_since_engaged  bigint not null default 0,
  marketing            boolean not null default false,
  until_renewal        boolean not null default false,
  opted_out            boolean not null default false,
  reported_spam        boolean not null default false,
  unbounced            boolean not null default false,
  quarantined          boolean not null default false,
  hard_bounce_reason   text,
  email                text,
  email_key            $text,             -- normalised by EmailAddress; unique per account
  firstname            text,
  lastname             text,
  company              text,
  jobtitle             text,
  city                 text,
  country              text,
  lifecycle_stage      text,
  marketing_source     text,
  marketing_source_id  text,
  source               text not null,
  source_id            text,
  custom               $json not null,    -- {"1001":"x","1002":12.5}: keys are property ids, values typed
  primary key (account_id, id)
);
create unique index contacts_email      on contacts (account_id, email_key);
create index contacts_created           on contacts (account_id, created_at, id);
create index contacts_hard_bounced      on contacts (account_id, hard_bounce_reason, id) where hard_bounce_reason is not null;
create index contacts_opted_out         on contacts (account_id, id) where opted_out;
create index contacts_reported_spam     on contacts (account_id, id) where reported_spam;

create table contact_emails (             -- additional addresses; the primary one is contacts.email_key
  account_id bigint not null,
  email_key  $text  not null,
  contact_id bigint not null,
  email      text   not null,
  created_at bigint not null,
  primary key (account_id, email_key)
);
create index contact_emails_contact on contact_emails (account_id, contact_id);

create table contact_words (              -- what the search box looks in: the words of name, company and address
  account_id bigint not null,
  contact_id bigint not null,
  word       $text  not null,
  primary key (account_id, contact_id, word)
);
create index contact_words_word on contact_words (account_id, word, contact_id);

create table contact_counts (             -- kept by ContactStore, so that nobody counts a million rows
  account_id bigint not null primary key,
  contacts   bigint not null,
  marketing  bigint not null
);

create table contact_history (            -- one row per change of a contact; its creation is the contact itself, see PropertyHistory
  account_id bigint not null,
  contact_id bigint not null,
  version    bigint not null,
  at         bigint not null,
  source     text   not null,
  source_id  text,
  user_id    bigint,
  changes    text   not null,             -- {"property id": new value}: JSON, but read whole, so nothing is parsed at writing
  before     text   not null,             -- the same properties before
  primary key (account_id, contact_id, version)
);

create table contact_changes (            -- outbox: which contacts changed, in commit order, for those who follow later
  account_id bigint not null,
  id         bigint not null,
  first_contact_id bigint not null,
  last_contact_id  bigint not null,
  contact_ids $json,                      -- null: every id from first to last
  at         bigint not null,
  primary key (account_id, id)
);
create table cursors (                    -- how far each follower of contact_changes has come
  account_id bigint not null,
  follower   text   not null,
  change_id  bigint not null,
  position   bigint not null default 0,   -- how far within the next change, when it is a long one
  primary key (account_id, follower)
);

create table addresses (                  -- deliverability belongs to the address and outlives the contact
  account_id         bigint not null,
  email_key          $text  not null,
  email              text   not null,
  hard_bounce_reason text,
  hard_bounced_at    bigint,
  hard_bounce_email_id bigint,
  hard_bounce_sent_at bigint,             -- when the e-mail that bounced was sent: the bounce tool's time period
  hard_bounce_spared boolean not null default false, -- the reason is on the record, but the address may live: it is still mailed
  bounces            bigint not null default 0,
  unbounced_at       bigint,
  unbounced_by       bigint,
  complained_at      bigint,
  opted_out_at       bigint,
  opt_out_source     text,                -- link, one-click, user, import
  quarantined_at     bigint,
  primary key (account_id, email_key)
);
create index addresses_hard_bounced on addresses (account_id, hard_bounce_sent_at) where hard_bounced_at is not null;

create table blocked_addresses (          -- permanently deleted: not to be imported again; the address itself is not kept
  account_id bigint not null,
  email_hash text   not null,             -- SHA-256 of the normalised address
  at         bigint not null,
  primary key (account_id, email_hash)
);

create view recipient_facts as            -- what the gates of sending ask about a contact and its address, now
select c.account_id, c.id, c.email, c.email_key,
       c.email_key is not null as has_address,
       c.marketing as is_marketing,
       coalesce(cast(c.custom -> '65' as text), '') = 'true' as is_blocked,
       a.hard_bounced_at is not null and not a.hard_bounce_spared and (a.unbounced_at is null or a.unbounced_at < a.hard_bounced_at) as is_hard_bounced,
       a.complained_at is not null as reported_spam,
       a.opted_out_at is not null as opted_out,
       a.quarantined_at is not null as is_quarantined
from contacts c
left join addresses a on a.account_id = c.account_id and a.email_key = c.email_key;

-- ---------------------------------------------------------------- lists

create table lists (
  account_id         bigint not null,
  id                 bigint not null,
  name               text   not null,
  name_key           $text  not null,
  kind               text   not null,     -- MANUAL, SNAPSHOT, DYNAMIC (HubSpot's processingType); SELECTION: frozen for a bulk operation
  state              text   not null,     -- COMPLETE, PROCESSING
  filter             $json,
  time_zone          text   not null default 'UTC',  -- in which the filter's days are days: the account's when the filter was set
  build_job_id       bigint,              -- which BuildLists job fills it; null while none has begun
  created_by         bigint,
  created_at         bigint not null,
  updated_at         bigint not null,
  filters_updated_at bigint not null,
  built_at           bigint,
  deleted_at         bigint,
  primary key (account_id, id)
);
create unique index lists_name on lists (account_id, name_key) where deleted_at is null and kind <> 'SELECTION';

create table list_gates (                 -- writers of contacts share this row, makers of active lists take it alone
  account_id bigint not null primary key,
  version    bigint not null              -- another number after every change to the lists that follow contacts
);
create table list_chunks (                -- members with ids chunk*65536 .. +65535
  account_id bigint not null,
  list_id    bigint not null,
  chunk      bigint not null,
  count      bigint not null,
  members    $bytes not null,             -- MemberSet.cs: up to 4,096 as sorted uint16, else a bitmap of 8,192 bytes
  primary key (account_id, list_id, chunk)
);
create table list_deltas (                -- single joins and leaves since the chunk was written; folded in the background
  account_id bigint not null,
  list_id    bigint not null,
  contact_id bigint not null,
  added      boolean not null,
  at         bigint not null,
  primary key (account_id, list_id, contact_id)
);

-- ---------------------------------------------------------------- bulk operations and the recycle bin

create table bulk_operations (
  account_id   bigint not null,
  id           bigint not null,
  kind         text   not null,           -- delete
  selection_id bigint not null,           -- lists.id of kind SELECTION
  count        bigint not null,           -- what was ordered, the number typed
  deleted      bigint not null default 0, -- what was done so far
  restored     bigint not null default 0,
  restorable_until bigint,                -- null: permanent
  restore_job_id bigint,
  purged_at    bigint,
  job_id       bigint not null,
  source       text   not null,           -- what was selected, in words
  user_id      bigint,
  created_at   bigint not null,
  primary key (account_id, id)
);
create unique index bulk_operations_selection on bulk_operations (account_id, selection_id);
create table deleted_contacts as         -- the recycle bin: every column of contacts, and which operation put it there
  select contacts.*, contacts.id as operation_id from contacts where false;
create unique index deleted_contacts_key on deleted_contacts (account_id, operation_id, id);
create table deleted_members (            -- memberships of deleted contacts in static lists, a chunk a row
  account_id   bigint not null,
  operation_id bigint not null,
  list_id      bigint not null,
  chunk        bigint not null,
  members      $bytes not null,
  primary key (account_id, operation_id, list_id, chunk)
);

-- ---------------------------------------------------------------- e-mail

create table marketing_emails (
  account_id    bigint not null,
  id            bigint not null,
  name          text   not null,
  subject       text   not null,
  preview_text  text   not null,
  from_name     text   not null,
  from_address  text   not null,
  html          text   not null,
  text          text   not null,
  included_lists $json not null,          -- [list id]
  excluded_lists $json not null,
  state         text   not null,          -- draft, sending, sent, stopped
  job_id        bigint,
  selection_id  bigint,                   -- lists.id of kind SELECTION: who was chosen when sending was ordered
  frozen        boolean not null default false, -- every recipient has its row
  hand_over_log text,                     -- HandOverLog of the present or last run
  taken_up_to   bigint not null default 0, -- contact id: who waits (queued) up to here may be in the hands of that run
  created_by    bigint,
  created_at    bigint not null,
  updated_at    bigint not null,
  sent_at       bigint,                   -- when sending was ordered
  resume_at     bigint,                   -- when sending goes on by itself; null: nothing waits
  problem       text,                     -- what keeps mails from leaving, for people
  primary key (account_id, id)
);
create index marketing_emails_resume on marketing_emails (resume_at) where resume_at is not null;

create table email_recipients (           -- exactly one row per person and e-mail: what became of it
  account_id bigint not null,
  email_id   bigint not null,
  contact_id bigint not null,
  email      text   not null,
  email_key  $text  not null,
  outcome    text   not null,             -- queued, handing_over, retry, sent, not_sent, refused, bounced, soft_bounced, unknown: Outcome in Recipients.cs
  reason     text,                        -- not-sent reason (DOMAIN 2.4) or bounce reason
  detail     text,                        -- the relay's reply, for people
  attempts   bigint not null default 0,
  next_at    bigint not null default 0,
  sent_at    bigint,                      -- when it was last handed to the relay
  at         bigint not null,
  primary key (account_id, email_id, contact_id)
);
-- the many (queued, then sent) are found along the key and cost no second index entry
create index email_recipients_few on email_recipients (account_id, email_id, outcome, contact_id) where outcome not in ('queued', 'handing_over', 'sent');

create table email_counts (               -- how many recipients have each outcome, kept in the transaction that changes email_recipients
  account_id bigint not null,
  email_id   bigint not null,
  outcome    text   not null,
  reason     text   not null,
  count      bigint not null,
  primary key (account_id, email_id, outcome, reason)
);

create table email_events (
  account_id bigint not null,
  id         bigint not null,
  at         bigint not null,
  type       text   not null,             -- SENT DELIVERED BOUNCE SPAMREPORT STATUSCHANGE UNBOUNCE DROPPED DEFERRED
  contact_id bigint not null,
  email_id   bigint,
  sent_at    bigint,
  email_key  $text,
  reason     text,
  detail     text,
  inbox_id   bigint,                      -- the raw evidence
  user_id    bigint,
  primary key (account_id, id)
);
create index email_events_contact on email_events (account_id, contact_id, at);
create index email_events_email   on email_events (account_id, email_id, type);

create table inbox (                      -- raw reports, kept as evidence; stored before the sender hears 250
  account_id  bigint not null,
  id          bigint not null,
  received_at bigint not null,
  door        text   not null,            -- smtp: a mail that came back; reply: the relay's answer while sending
  recipient   text   not null,            -- the return path it came to; for a reply the address it was about
  email_id    bigint not null,
  contact_id  bigint not null,
  raw         $bytes not null,
  state       text   not null,            -- new; done; copy: said what was known, changed nothing; kept: no report
  attempts    bigint not null default 0,
  kind        text,                       -- bounce, delayed, complaint, auto-reply, receipt, delivered, other
  verdict     text,                       -- what a bounce says about the address (Verdict)
  reason      text,                       -- the fine reason of a bounce (BounceReason)
  effect      text,                       -- hard: no more mail; spared: on the record, still mailed; soft: counted only
  status      text,                       -- enhanced status code, 5.1.1
  rule        text,                       -- which rule decided
  decisive    text,                       -- the line it decided on
  refused_by  text,                       -- the host that said so
  named       text,                       -- the address the report names, when it is not the one we wrote to
  primary key (account_id, id)
);
create index inbox_new on inbox (account_id, id) where state = 'new';
create index inbox_contact on inbox (account_id, contact_id, received_at);

-- ---------------------------------------------------------------- imports

create table imports (
  account_id  bigint not null,
  id          bigint not null,
  name        text   not null,
  file_id     bigint not null,
  file_name   text   not null,
  encoding    text   not null,            -- utf-8, utf-16le, utf-16be, windows-1252
  delimiter   text   not null,
  bom         bigint not null,            -- bytes of the byte order mark
  lines       bigint not null,
  columns     $json  not null,            -- [{heading, property}] in the order of the file
  marketing   boolean not null default false,
  seen_id     bigint,                     -- lists.id of kind SELECTION: the contacts it was about
  list_id     bigint,
  rejected_file_id bigint,
  job_id      bigint,
  created_by  bigint,
  created_at  bigint not null,
  primary key (account_id, id)
);
