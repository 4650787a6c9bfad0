-- Bounces: what an account does about them, and the doors by which reports come in.

create table bounce_policies (            -- an account's own table; an account without a row has BouncePolicy.Default
  account_id bigint not null,
  verdict    text   not null,             -- which group of reasons (Verdict)
  deed       text   not null,             -- Suppress, Score, Tell, Ignore (BounceDeed)
  times      int    not null,             -- Score: how many failures end the mailing …
  days       int    not null,             -- … when never so many days lie between two of them
  primary key (account_id, verdict)
);
create table told_senders (               -- e-mails whose sender is told, once, that the own set-up was refused
  account_id bigint not null,
  email_id   bigint not null,
  at         bigint not null,
  primary key (account_id, email_id)
);
create index email_events_bounces on email_events (account_id, email_key, at) where type = 'BOUNCE';

create table intake_settings (
  account_id bigint  not null primary key,
  keep_days  int     not null,            -- how long raw reports are kept
  by_address boolean not null             -- whether reports without a mark of ours are matched by the address they name
);

-- inbox: e-mail and contact are 0 while it is not known whom a report is about. A report of a mailbox or a webhook has no
-- return path of ours; its state is 'unmatched' when it is about nobody.
alter table inbox add column fingerprint text;       -- SHA-256 of what came, or of the provider's own id: a second copy is not stored
alter table inbox add column why text;               -- why it is about nobody: no-mark, forged, foreign, gone, no-report, unknown-address
alter table inbox add column redacted_at bigint;     -- when its raw bytes were removed
create unique index inbox_fingerprint on inbox (account_id, fingerprint) where fingerprint is not null;
create index inbox_unmatched on inbox (account_id, id) where state = 'unmatched';
create index inbox_unredacted on inbox (account_id, received_at) where redacted_at is null;

create table webhooks (                   -- one door for each provider
  account_id bigint not null,
  provider   text   not null,             -- amazonses, sendgrid, mailgun, postmark, sparkpost, brevo
  generation bigint not null,             -- another one makes another address
  secret     text,                        -- key or password, encrypted; Amazon: the topic's ARN
  last_at    bigint,                      -- when a genuine message came last
  problem    text,                        -- why the last one was refused; null when it was taken
  primary key (account_id, provider)
);
create table webhook_calls (              -- messages that were taken: none is taken twice
  account_id bigint not null,
  call       text   not null,             -- SHA-256 of what makes it the only one
  at         bigint not null,
  primary key (account_id, call)
);
create index webhook_calls_at on webhook_calls (at);

create table mailboxes (
  account_id  bigint not null,
  id          bigint not null,
  protocol    text   not null,            -- imap, pop3
  host        text   not null,
  port        int    not null,
  tls         text   not null,            -- implicit, starttls, none
  user_name   text   not null,
  password    text   not null,            -- encrypted
  folder      text   not null,            -- IMAP: which one is read
  move_to     text,                       -- IMAP: where mails go that were taken; null: they are deleted
  created_at  bigint not null,
  checked_at  bigint,                     -- when it was read last
  next_at     bigint not null,            -- when it is read next
  failures    int    not null default 0,  -- in a row
  problem     text,                       -- what kept it from being read last time: a MailboxProblem
  said        text,                       -- the server's words about it
  taken       bigint not null default 0,  -- mails taken in all
  lease_owner text,
  lease_until bigint not null default 0,
  primary key (account_id, id)
);
create table mailbox_mails (              -- mails that were taken and, as far as we know, still lie there
  account_id bigint not null,
  mailbox_id bigint not null,
  mail       text   not null,             -- IMAP: UIDVALIDITY.UID; POP3: the UIDL
  primary key (account_id, mailbox_id, mail)
);
