-- name: find
select contact_id, email, email_key, outcome, reason, detail, attempts, next_at, sent_at, at
from email_recipients
where account_id = @accountId and email_id = @emailId and contact_id = @contactId;

-- name: lock
select contact_id, email, email_key, outcome, reason, detail, attempts, next_at, sent_at, at
from email_recipients
where account_id = @accountId and email_id = @emailId and contact_id = @contactId
$lock;

-- name: page
select contact_id, email, email_key, outcome, reason, detail, attempts, next_at, sent_at, at
from email_recipients
where account_id = @accountId and email_id = @emailId and contact_id > @after and outcome in @outcomes and (@anyReason or coalesce(reason, '') in @reasons)
order by contact_id
limit @limit;

-- name: page-of-few
select contact_id, email, email_key, outcome, reason, detail, attempts, next_at, sent_at, at
from email_recipients
where account_id = @accountId and email_id = @emailId and contact_id > @after and outcome in @outcomes and (@anyReason or coalesce(reason, '') in @reasons)
  and outcome not in ('queued', 'handing_over', 'sent')
order by contact_id
limit @limit;

-- name: complained
select contact_id, email, email_key, outcome, reason, detail, attempts, next_at, sent_at, at
from email_recipients
where account_id = @accountId and email_id = @emailId and contact_id > @after
  and contact_id in (select contact_id from email_events where account_id = @accountId and email_id = @emailId and type = 'SPAMREPORT')
order by contact_id
limit @limit;

-- name: counts
select email_id, outcome, reason, count from email_counts where account_id = @accountId and email_id in @emailIds and count <> 0;

-- name: set
update email_recipients set outcome = @outcome, reason = @reason, detail = @detail, next_at = @nextAt, attempts = @attempts, at = @now
where account_id = @accountId and email_id = @emailId and contact_id = @contactId;

-- name: end
update email_recipients set outcome = @outcome, reason = @reason, detail = @detail, next_at = @nextAt, attempts = @attempts, at = @now
where account_id = @accountId and email_id = @emailId and contact_id = @contactId and outcome in ('queued', 'handing_over', 'retry');

-- name: count
insert into email_counts (account_id, email_id, outcome, reason, count) values (@accountId, @emailId, @Outcome, @Reason, @By)
on conflict (account_id, email_id, outcome, reason) do update set count = email_counts.count + excluded.count;

-- name: forget-counts
delete from email_counts where account_id = @accountId and email_id = @emailId;

-- name: recount
insert into email_counts (account_id, email_id, outcome, reason, count)
select account_id, email_id, case when outcome = 'handing_over' then 'retry' else outcome end, coalesce(reason, ''), count(*)
from email_recipients
where account_id = @accountId and email_id = @emailId
group by account_id, email_id, case when outcome = 'handing_over' then 'retry' else outcome end, coalesce(reason, '');
