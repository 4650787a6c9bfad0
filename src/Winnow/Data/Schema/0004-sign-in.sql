-- Sign-in: what people prove themselves with, beside the password.

create table one_time_links (              -- links in e-mails to people: a new password, an invitation
  token_hash $text  not null primary key,  -- SHA-256 of the token, hex: the token itself is in the mail only
  purpose    text   not null,              -- one of OneTimeLinks' purposes
  user_id    bigint,                       -- whom it is for, when known here
  account_id bigint,                       -- the account it is about, if any
  email      text,                         -- where it was sent
  data       text,                         -- what the purpose needs to remember
  created_at bigint not null,
  expires_at bigint not null,
  used_at    bigint
);
create index one_time_links_expires on one_time_links (expires_at);
create index one_time_links_user on one_time_links (user_id, purpose) where user_id is not null;

alter table users add column two_factor boolean not null default false;
alter table users add column authenticator_key text;       -- shared with the person's app; encrypted
alter table users add column last_code text;               -- the code used last: each works once (RFC 6238 section 5.2)

create table recovery_codes (              -- ten for each person with two-factor; deleted when used
  user_id   bigint not null,
  code_hash $text  not null,               -- PBKDF2, salted with the person
  primary key (user_id, code_hash)
);

create table sign_in_tries (               -- passwords tried, counted before they are looked at
  what    $text  not null primary key,     -- SHA-256 of whose password it is and from where it was tried
  tries   int    not null,
  last_at bigint not null
);

create table passkeys (                    -- WebAuthn credentials: public keys, nothing secret
  credential_id      $bytes  not null primary key,
  user_id            bigint  not null,
  name               text    not null,
  public_key         $bytes  not null,
  sign_count         bigint  not null,
  transports         text    not null,     -- separated by commas
  is_user_verified   boolean not null,
  is_backup_eligible boolean not null,
  is_backed_up       boolean not null,
  attestation_object $bytes  not null,
  client_data_json   $bytes  not null,
  created_at         bigint  not null,
  last_used_at       bigint
);
create index passkeys_user on passkeys (user_id);
