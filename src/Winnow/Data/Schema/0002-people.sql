-- People: what each may do, teams, the record of who did what, tokens for programs.

alter table account_users add column super_admin boolean not null default false;
alter table account_users add column permissions text not null default '';     -- PermissionSet.Text
alter table account_users add column deactivated_at bigint;
update account_users set super_admin = true where account_id > 0;              -- until now each account had its first user only

create table audit_log (                  -- who did what; rows are only ever added
  account_id bigint not null,
  id         bigint not null,             -- in the order of commits
  at         bigint not null,
  user_id    bigint,                      -- null: nobody was signed in, or Winnow itself
  origin     text,                        -- the network address the request came from
  action     text   not null,             -- AuditAction
  subject    text   not null,             -- what it was done to, in words
  count      bigint,                      -- to how many
  before     text,
  after      text,
  primary key (account_id, id)
);
create index audit_log_action on audit_log (account_id, action, id);
create index audit_log_user on audit_log (account_id, user_id, id);
