-- name: accounts
select distinct account_id from lists where moves and deleted_at is null and state = 'COMPLETE' and kind = 'DYNAMIC';

-- name: moving
select id, filter, time_zone, coalesce(swept_at, filters_updated_at) as swept_at
from lists
where account_id = @accountId and moves and deleted_at is null and state = 'COMPLETE' and kind = 'DYNAMIC'
order by id;

-- name: swept
update lists set swept_at = @now where account_id = @accountId and id in @ids and state = 'COMPLETE' and swept_at < @now;
