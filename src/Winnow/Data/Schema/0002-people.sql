-- People: what each may do, teams, the record of who did what, tokens for programs.

alter table account_users add column super_admin boolean not null default false;
alter table account_users add column permissions text not null default '';     -- PermissionSet.Text
alter table account_users add column deactivated_at bigint;
update account_users set super_admin = true where account_id > 0;              -- until now each account had its first user only
