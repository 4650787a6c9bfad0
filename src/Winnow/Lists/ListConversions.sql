-- name: convert
update lists set kind = 'SNAPSHOT', converted_at = @now, updated_at = @now, converts_at = null, converts_after_days = null, conversion_set_at = null
where account_id = @accountId and id = @id and kind = 'DYNAMIC' and state = 'COMPLETE' and deleted_at is null;

-- name: arrange
update lists set converts_at = @at, converts_after_days = @days, conversion_set_at = @set
where account_id = @accountId and id = @id and kind = 'DYNAMIC' and deleted_at is null;

-- name: last-delta
select at from list_deltas where account_id = @accountId and list_id = @Id order by at desc limit 1;

-- name: arranged
select account_id, id from lists
where conversion_set_at is not null and kind = 'DYNAMIC' and deleted_at is null and state = 'COMPLETE' and (converts_at is null or converts_at <= @now)
order by account_id, id;
