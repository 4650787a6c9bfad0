-- name: all
select id, name, case when kind = 'DYNAMIC' or state = 'PROCESSING' then filter end as filter, time_zone from lists where account_id = @accountId and deleted_at is null and kind <> 'SELECTION' order by id;

-- name: state
select name, state = 'COMPLETE' as is_filled from lists where account_id = @accountId and id = @id and deleted_at is null and kind <> 'SELECTION';
