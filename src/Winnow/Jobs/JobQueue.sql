-- name: enqueue
insert into jobs (account_id, id, kind, title, state, total, created_by, created_at)
values (@accountId, @id, @kind, @title, cast(@state as $json), @total, @userId, @now);

-- name: find
select account_id, id, kind, title, done, total, result, outcome, error, cancel_asked, created_by, created_at, started_at, finished_at
from jobs
where account_id = @accountId and id = @id;

-- name: find-some
select account_id, id, kind, title, done, total, result, outcome, error, cancel_asked, created_by, created_at, started_at, finished_at
from jobs
where account_id = @accountId and id in @ids;

-- name: page
select account_id, id, kind, title, done, total, result, outcome, error, cancel_asked, created_by, created_at, started_at, finished_at
from jobs
where account_id = @accountId and ((outcome is null and @takeOpen) or (outcome is not null and @takeEnded))
order by case when outcome is null then 0 else 1 end, id desc
limit @take offset @skip;

-- name: count-open
select count(*) from jobs where account_id = @accountId and outcome is null;

-- name: ask-cancel
update jobs set cancel_asked = true where account_id = @accountId and id = @id and outcome is null;
