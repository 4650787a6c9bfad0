-- Suppression passports that were uploaded, and whose signatures an account trusts.

create table passport_signers (
  account_id  bigint not null,
  id          bigint not null,
  fingerprint text   not null,              -- of the public key
  name        text   not null,              -- as the person who trusts it calls it
  added_by    bigint,                       -- null: the operator of the installation
  added_at    bigint not null,
  primary key (account_id, id)
);
create unique index passport_signers_fingerprint on passport_signers (account_id, fingerprint);

create table passports (
  account_id  bigint not null,
  id          bigint not null,
  file_id     bigint not null,
  file_name   text   not null,
  from_name   text   not null,              -- as the passport calls the account that it is from
  signer      text   not null,              -- the fingerprint
  made_at     bigint not null,
  addresses   bigint not null,
  opted_out   bigint not null,              -- how many of them for which reason
  complained  bigint not null,
  bounced     bigint not null,
  job_id      bigint,                       -- null until somebody imported it
  created_by  bigint,
  created_at  bigint not null,
  primary key (account_id, id)
);
