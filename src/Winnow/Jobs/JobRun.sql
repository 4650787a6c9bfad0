-- name: held
select cancel_asked, paused_at is not null as pause_asked from jobs where account_id = @AccountId and id = @Id and lease_owner = @owner and outcome is null $lock;

-- name: advance
update jobs set state = cast(@state as $json), done = @done, total = @total, lease_until = @until, attempts = 0
where account_id = @AccountId and id = @Id;

-- name: extend
update jobs set lease_until = @until where account_id = @AccountId and id = @Id and lease_owner = @owner and outcome is null;

-- name: finish
update jobs set outcome = @outcome, error = @error, result = cast(@result as $json), finished_at = @now, paused_at = null
where account_id = @AccountId and id = @Id and lease_owner = @owner and outcome is null;

-- name: release
update jobs set lease_until = 0, lease_owner = null, attempts = 0
where account_id = @AccountId and id = @Id and lease_owner = @owner and outcome is null;

-- name: retry
update jobs set error = @error, lease_until = @until, lease_owner = null
where account_id = @AccountId and id = @Id and lease_owner = @owner and outcome is null;

-- name: postpone
update jobs set error = @error, lease_until = @until, lease_owner = null, attempts = 0
where account_id = @AccountId and id = @Id and lease_owner = @owner and outcome is null;
