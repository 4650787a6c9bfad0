-- name: statuses
select marketing, until_renewal as scheduled, count(*) as contacts
from contacts
where account_id = @AccountId and id in @ids
group by marketing, until_renewal;

-- name: order
insert into bulk_operations (account_id, id, kind, selection_id, count, restorable_until, job_id, source, user_id, created_at)
values (@accountId, @operationId, 'marketing', @selectionId, @count, null, @jobId, @Words, @AskedBy, @now);
