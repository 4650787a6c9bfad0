-- name: make
insert into notifications (account_id, user_id, job_id, created_at) values (@accountId, @userId, @jobId, @now)
on conflict (account_id, user_id, job_id) do nothing;

-- name: is-member
select count(*) from account_users where account_id = @accountId and user_id = @userId and deactivated_at is null;

-- name: unread
select count(*) from notifications where account_id = @accountId and user_id = @userId and read_at is null and job_id <> @reading;

-- name: unread-of-job
select count(*) from notifications where account_id = @accountId and user_id = @userId and job_id = @jobId and read_at is null;

-- name: latest
select n.job_id, j.kind, j.title, j.done, j.total, j.outcome, n.created_at, n.read_at
from notifications n join jobs j on j.account_id = n.account_id and j.id = n.job_id
where n.account_id = @accountId and n.user_id = @userId
order by n.created_at desc, n.job_id desc
limit @take offset @skip;

-- name: read
update notifications set read_at = coalesce(read_at, @now) where account_id = @accountId and user_id = @userId and job_id = @jobId;

-- name: read-all
update notifications set read_at = @now where account_id = @accountId and user_id = @userId and read_at is null;

-- name: accounts-with-old
select distinct account_id from notifications where created_at < @before;

-- name: forget
delete from notifications where account_id = @accountId and created_at < @before;
