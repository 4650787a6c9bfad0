-- name: take-waiting
update lists set build_job_id = @Id, swept_at = @now
where account_id = @AccountId and state = 'PROCESSING' and build_job_id is null and deleted_at is null and id in @ids
returning id;

-- name: waiting
select id, filter, time_zone from lists
where account_id = @accountId and state = 'PROCESSING' and build_job_id is null and deleted_at is null
order by id;

-- name: unfilled
select id from lists where account_id = @accountId and state <> 'COMPLETE' and deleted_at is null;

-- name: mine
select id, filter, time_zone from lists
where account_id = @AccountId and build_job_id = @Id and state = 'PROCESSING' and deleted_at is null
order by id;

-- name: hold-mine
select id, filter, time_zone from lists
where account_id = @AccountId and build_job_id = @Id and state = 'PROCESSING' and deleted_at is null
order by id $lock;

-- name: last-contact
select coalesce(max(id), 0) from contacts where account_id = @AccountId;

-- name: take-deltas (sqlite)
delete from list_deltas
where account_id = @AccountId and list_id in @lists and contact_id between @from and @to
returning list_id, contact_id, added;

-- name: take-deltas (postgres)
delete from list_deltas
where account_id = @AccountId and list_id in @lists and contact_id between @from and @to and (list_id, contact_id) in (
  select list_id, contact_id from list_deltas
  where account_id = @AccountId and list_id in @lists and contact_id between @from and @to
  for update skip locked)
returning list_id, contact_id, added;

-- name: clear-chunk
delete from list_chunks where account_id = @AccountId and list_id in @lists and chunk = @chunk;

-- name: with-deltas
select d.list_id
from list_deltas d join lists l on l.account_id = d.account_id and l.id = d.list_id
where d.account_id = @AccountId and l.build_job_id = @Id and l.state = 'PROCESSING' and l.deleted_at is null
group by d.list_id
having count(*) >= @atLeast
order by d.list_id;

-- name: complete
update lists set state = 'COMPLETE', built_at = @now, updated_at = @now
where account_id = @AccountId and build_job_id = @Id and state = 'PROCESSING' and deleted_at is null;
