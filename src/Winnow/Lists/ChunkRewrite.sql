-- name: lock
select id from lists where account_id = @accountId and id in @lists order by id $lock;

-- name: chunks
select list_id, chunk, members, joined
from list_chunks
where account_id = @accountId and list_id in @lists and chunk in @chunks;

-- name: drop-chunks
-- Which of them: list and chunk in one number.
delete from list_chunks
where account_id = @accountId and list_id in @lists and chunk in @chunks and list_id * 16777216 + chunk in @which;
