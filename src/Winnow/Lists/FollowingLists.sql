-- name: following
select id, state, filter, time_zone, swept_at
from lists
where account_id = @accountId and deleted_at is null and (kind = 'DYNAMIC' or (kind = 'SNAPSHOT' and state = 'PROCESSING'))
order by id;
