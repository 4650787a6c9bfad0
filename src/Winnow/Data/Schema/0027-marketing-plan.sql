-- Marketing contacts: what an account pays for, when that changes, and what came of it.

alter table contact_counts add column scheduled bigint not null default 0;    -- marketing contacts that become non-marketing on the next update date
alter table contact_counts add column peak bigint not null default 0;         -- the most marketing contacts there were since the tier was last chosen or raised
update contact_counts set peak = marketing, scheduled = (select count(*) from contacts c where c.account_id = contact_counts.account_id and c.marketing and c.until_renewal);
create index contacts_scheduled on contacts (account_id, id) where until_renewal;

create table marketing_plans (            -- made when the schedule first looks at the account
  account_id bigint not null primary key,
  period     text   not null,             -- Month or Year
  bought_on  text   not null,             -- yyyy-mm-dd: renewals are counted from here
  updated_on text   not null,             -- yyyy-mm-dd: the next update date is the first one after this day
  tier       bigint,                      -- marketing contacts it pays for; null: not chosen, nobody is warned and nothing raised
  warned     int    not null default 0,   -- percent of the tier that people were last told of
  told_days  int,                         -- days before the next update date of which people were told
  lower_to   bigint,                      -- tier asked for with the next renewal
  lower_by   bigint                       -- user who asked
);
create table marketing_tiers (            -- the steps of the account's contract; none: those of Winnow, without prices
  account_id bigint not null,
  contacts   bigint not null,             -- up to this many
  price      bigint,                      -- a month, in hundredths of the account's currency
  primary key (account_id, contacts)
);
create table marketing_tier_changes (
  account_id bigint not null,
  id         bigint not null,
  at         bigint not null,
  reason     text   not null,             -- Chosen, Raised, Lowered, or Kept (asked to lower, but too many)
  was        bigint,
  tier       bigint,
  counting   bigint not null,             -- marketing contacts then
  user_id    bigint,
  primary key (account_id, id)
);
create table marketing_updates (          -- one row for each update date that came
  account_id  bigint not null,
  on_date     text   not null,            -- yyyy-mm-dd in the account's time zone
  began       bigint not null,            -- the first instant of that day
  job_id      bigint not null,
  flipped     bigint not null default 0,  -- contacts that became non-marketing
  counting    bigint,                     -- marketing contacts afterwards
  finished_at bigint,
  primary key (account_id, on_date)
);
create table marketing_days (             -- figures of each day, for the chart; of today as they last were
  account_id bigint not null,
  on_date    text   not null,
  contacts   bigint not null,
  marketing  bigint not null,
  scheduled  bigint not null,
  tier       bigint,
  primary key (account_id, on_date)
);
