create table notifications (              -- a job that ended, for the person who started it; kept 90 days
  account_id bigint not null,
  user_id    bigint not null,
  job_id     bigint not null,
  created_at bigint not null,             -- when the job ended
  read_at    bigint,
  primary key (account_id, user_id, job_id)
);
create index notifications_latest on notifications (account_id, user_id, created_at);
create index notifications_unread on notifications (account_id, user_id) where read_at is null;
