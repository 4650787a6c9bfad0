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
