-- name: accounts
select a.account_id, a.time_zone, p.period, p.bought_on, p.updated_on
from accounts a left join marketing_plans p on p.account_id = a.account_id
where a.account_id > 0;

-- name: open
select count(*) from marketing_updates where account_id = @accountId and finished_at is null;

-- name: begin
insert into marketing_updates (account_id, on_date, began, job_id) values (@accountId, @day, @began, @jobId);

-- name: scheduled
select 0 as operation_id, id, updated_at >= @began as touched, created_at >= @began as made
from contacts where account_id = @AccountId and until_renewal and id > @After order by id limit @size;

-- name: span
select max(id) as last from (select id from contacts where account_id = @AccountId and until_renewal and id > @Spanned order by id limit @size) s;

-- name: in-bin
select operation_id, id, updated_at >= @began as touched, created_at >= @began as made
from deleted_contacts
where account_id = @AccountId and until_renewal and (operation_id > @AfterOperation or operation_id = @AfterOperation and id > @AfterInBin)
order by operation_id, id limit @size;

-- name: changes-since
select contact_id, changes from contact_history where account_id = @accountId and contact_id in @ids and at >= @began;

-- name: note-in-bin
insert into contact_history (account_id, contact_id, version, at, source, source_id, changes, before)
select account_id, id, version + 1, @now, @source, @sourceId, @changes, @before from deleted_contacts
where account_id = @AccountId and operation_id = @operationId and id in @ids
on conflict do nothing;

-- name: flip-in-bin
update deleted_contacts set marketing = false, until_renewal = false, version = version + 1, updated_at = @now
where account_id = @AccountId and operation_id = @operationId and id in @ids;

-- name: flipped
update marketing_updates set flipped = flipped + @count where account_id = @AccountId and on_date = @day;

-- name: finish
update marketing_updates set counting = @counting, finished_at = @now where account_id = @AccountId and on_date = @day;

-- name: latest
select on_date, began, job_id, flipped, counting, finished_at from marketing_updates where account_id = @accountId order by on_date desc limit @take;
