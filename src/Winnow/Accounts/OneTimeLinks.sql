-- name: add
insert into one_time_links (token_hash, purpose, user_id, account_id, email, data, created_at, expires_at)
values (@tokenHash, @Purpose, @UserId, @AccountId, @Email, @Data, @now, @ExpiresAt);

-- name: find
select purpose, user_id, account_id, email, data, expires_at from one_time_links
where token_hash = @tokenHash and purpose = @purpose and used_at is null and expires_at > @now;

-- name: use
update one_time_links set used_at = @now
where token_hash = @tokenHash and purpose = @purpose and used_at is null and expires_at > @now
returning purpose, user_id, account_id, email, data, expires_at;

-- name: withdraw
update one_time_links set used_at = @now
where purpose = @purpose and used_at is null and user_id = @userId;

-- name: withdraw-invitation
update one_time_links set used_at = @now
where purpose = @purpose and used_at is null and account_id = @accountId and email = @email;

-- name: forget
delete from one_time_links where expires_at < @before;

-- name: count-recent
select count(*) from one_time_links where purpose = @purpose and user_id = @userId and created_at > @since;
