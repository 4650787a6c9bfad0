-- name: accounts
select account_id from accounts where account_id > 0 order by account_id;

-- name: stop-sending
update jobs set cancel_asked = true, paused_at = null where account_id = @accountId and kind = 'SendEmail' and outcome is null;

-- name: hold
update marketing_emails set resume_at = @tomorrow where account_id = @accountId and resume_at is not null;
