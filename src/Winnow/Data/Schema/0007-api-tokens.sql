-- Private apps: programs of an account, each with an access token.

create table private_apps (
  account_id   bigint not null,
  id           bigint not null,
  name         text   not null,
  description  text   not null,
  scopes       text   not null,             -- names of Scope.All, separated by commas
  token_hash   $bytes not null,             -- SHA-256 of the access token, which is kept nowhere
  created_by   bigint not null,             -- the person; the app goes on without it
  created_at   bigint not null,
  token_at     bigint not null,             -- when the present token was made
  last_used_at bigint,                      -- to the minute
  revoked_at   bigint,
  primary key (account_id, id)
);
