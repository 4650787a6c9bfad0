-- Teams, and views for one of them.

create table teams (
  account_id bigint not null,
  id         bigint not null,
  name       text   not null,
  name_key   $text  not null,
  created_at bigint not null,
  primary key (account_id, id)
);
create unique index teams_name on teams (account_id, name_key);

create table team_members (               -- a person may be in any number of teams
  account_id bigint not null,
  team_id    bigint not null,
  user_id    bigint not null,
  primary key (account_id, team_id, user_id)
);
create index team_members_user on team_members (account_id, user_id);

alter table contact_views add column team_id bigint;      -- those in this team see the view too; null for a private view or one that everyone sees
create index contact_views_team on contact_views (account_id, team_id) where team_id is not null;

create table notification_wishes (        -- how a person wants to be told that a job ended; without a row the usual holds
  account_id bigint not null,
  user_id    bigint not null,
  kind       $text  not null,             -- NotificationKind
  bell       boolean not null,
  mail       text   not null,             -- MailWhen
  primary key (account_id, user_id, kind)
);
