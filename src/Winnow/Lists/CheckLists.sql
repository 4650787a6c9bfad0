-- name: complete
select id, kind, filter, time_zone
from lists
where account_id = @accountId and state = 'COMPLETE' and deleted_at is null and kind <> 'SELECTION'
order by id;
