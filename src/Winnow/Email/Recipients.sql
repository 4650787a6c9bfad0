-- name: find
select contact_id, email, email_key, outcome, reason, detail, attempts, next_at, sent_at, at
from email_recipients
where account_id = @accountId and email_id = @emailId and contact_id = @contactId;

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

-- name: bounced
update email_recipients set outcome = r.outcome, reason = r.reason, detail = r.detail, next_at = 0, at = @now
from (
  select cast(value ->> 'account' as bigint) as account_id, cast(value ->> 'email' as bigint) as email_id, cast(value ->> 'contact' as bigint) as contact_id, value ->> 'outcome' as outcome,
         value ->> 'reason' as reason, value ->> 'detail' as detail
  from $each(@rows)) r
where email_recipients.account_id = r.account_id and email_recipients.email_id = r.email_id and email_recipients.contact_id = r.contact_id;

-- name: end
update email_recipients set outcome = @outcome, reason = @reason, detail = @detail, next_at = @nextAt, attempts = @attempts, at = @now
where account_id = @accountId and email_id = @emailId and contact_id = @contactId and outcome in ('queued', 'handing_over', 'retry');

-- name: count
insert into email_counts (account_id, email_id, outcome, reason, count)
select @accountId, cast(value ->> 'email' as bigint), value ->> 'outcome', value ->> 'reason', cast(value ->> 'by' as bigint) from $each(@rows) where true
on conflict (account_id, email_id, outcome, reason) do update set count = email_counts.count + excluded.count;

-- name: forget-counts
delete from email_counts where account_id = @accountId and email_id = @emailId;

-- name: recount
insert into email_counts (account_id, email_id, outcome, reason, count)
select account_id, email_id, case when outcome = 'handing_over' then 'retry' else outcome end, coalesce(reason, ''), count(*)
from email_recipients
where account_id = @accountId and email_id = @emailId
group by account_id, email_id, case when outcome = 'handing_over' then 'retry' else outcome end, coalesce(reason, '');
