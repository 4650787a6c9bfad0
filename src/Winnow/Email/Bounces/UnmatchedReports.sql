-- name: counts
select why, count(*) as count from inbox where account_id = @accountId and state = 'unmatched' group by why order by count(*) desc, why;

-- name: page
select id, received_at, door, recipient, kind, verdict, rule, decisive, refused_by, named, why, redacted_at
from inbox where account_id = @accountId and state = 'unmatched' and id < @below and (@all or why = @why)
order by id desc limit @limit;

-- name: find
select id, received_at, door, recipient, kind, verdict, rule, decisive, refused_by, named, why, redacted_at
from inbox where account_id = @accountId and state = 'unmatched' and id = @id;

-- name: raw
select raw from inbox where account_id = @accountId and id = @id;
