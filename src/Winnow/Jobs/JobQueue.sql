-- name: enqueue
insert into jobs (account_id, id, kind, title, state, total, created_by, created_at)
values (@accountId, @id, @kind, @title, cast(@state as $json), @total, @userId, @now);

-- name: find
select account_id, id, kind, title, done, total, result, outcome, error, cancel_asked, created_by, created_at, started_at, finished_at, paused_at, paused_ms
from jobs
where account_id = @accountId and id = @id;

-- name: find-some
select account_id, id, kind, title, done, total, result, outcome, error, cancel_asked, created_by, created_at, started_at, finished_at, paused_at, paused_ms
from jobs
where account_id = @accountId and id in @ids;

-- name: page
select account_id, id, kind, title, done, total, result, outcome, error, cancel_asked, created_by, created_at, started_at, finished_at, paused_at, paused_ms
from jobs
where account_id = @accountId and ((outcome is null and @takeOpen) or (outcome is not null and @takeEnded))
order by case when outcome is null then 0 else 1 end, id desc
limit @take offset @skip;

-- name: count-open
select count(*) from jobs where account_id = @accountId and outcome is null;

-- name: ask-cancel
update jobs set cancel_asked = true, paused_ms = paused_ms + @now - coalesce(paused_at, @now), paused_at = null
where account_id = @accountId and id = @id and outcome is null;

-- name: pause
update jobs set paused_at = @now where account_id = @accountId and id = @id and outcome is null and paused_at is null and not cancel_asked;

-- name: resume
update jobs set paused_ms = paused_ms + @now - paused_at, paused_at = null where account_id = @accountId and id = @id and outcome is null and paused_at is not null;

-- name: retitle
update jobs set title = @title where account_id = @accountId and id = @id;
