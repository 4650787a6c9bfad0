-- name: next-open
select account_id, id from jobs where outcome is null and lease_until < @now and paused_at is null order by created_at, account_id, id limit 1;

-- name: claim
update jobs set lease_owner = @owner, lease_until = @until, started_at = coalesce(started_at, @now), attempts = attempts + 1
where account_id = @AccountId and id = @Id and outcome is null and lease_until < @now and paused_at is null
returning account_id, id, kind, state, done, total, attempts, created_by;
