-- Settings: keys that sign mail.

create table dkim_keys (
  account_id  bigint not null,
  domain      $text  not null,            -- small letters, ASCII
  selector    $text  not null,
  private_key text   not null,            -- PEM, encrypted
  public_key  text   not null,            -- what the DNS record holds: base64 of the SubjectPublicKeyInfo
  signs_since bigint,                     -- null while it does not sign
  created_at  bigint not null,
  primary key (account_id, domain, selector)
);

-- How fast mail may leave; null is without limit.
alter table mail_settings add column per_minute int;
alter table mail_settings add column per_hour int;

create table send_pace (                  -- what was handed out, a row a minute, kept for an hour
  account_id bigint not null,
  minute     bigint not null,             -- since 1970
  handed     bigint not null,
  free_at    bigint not null,             -- when the next piece of the minute's limit may be taken
  primary key (account_id, minute)
);

alter table accounts add column currency text not null default 'EUR';     -- ISO 4217

create index jobs_failed on jobs (finished_at) where outcome = 'failed';

create table property_groups (            -- the account's own; the built-in ones are code (PropertyGroups.cs)
  account_id bigint not null,
  name       $text  not null,
  label      text   not null,
  created_at bigint not null,
  primary key (account_id, name)
);
alter table properties add column group_name text not null default 'contactinformation';
