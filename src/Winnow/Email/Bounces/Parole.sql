-- name: candidates
select a.email_key
from addresses a
left join inbox i on i.account_id = a.account_id and i.id = a.hard_bounce_inbox_id
where a.account_id = @accountId and a.email_key in @keys and a.hard_bounced_at <= @before and a.complained_at is null and a.opted_out_at is null
  and (i.verdict in @verdicts or i.id is null and a.hard_bounce_reason in @reasons)
  and not exists (select 1 from paroles p where p.account_id = a.account_id and p.email_key = a.email_key and p.at >= coalesce(a.unbounced_at, 0) and coalesce(p.outcome, '') <> 'unsent');

-- name: grant
insert into paroles (account_id, email_id, contact_id, email_key, bounced_at, at)
select account_id, @emailId, @contactId, email_key, hard_bounced_at, @now from addresses where account_id = @accountId and email_key = @emailKey;

-- name: granted
select p.contact_id
from paroles p join addresses a on a.account_id = p.account_id and a.email_key = p.email_key
where p.account_id = @accountId and p.email_id = @emailId and p.contact_id in @ids and p.outcome is null and a.hard_bounced_at = p.bounced_at;

-- name: figures
select count(*) filter (where outcome is null) as waiting, count(*) filter (where outcome = 'back') as back,
       count(*) filter (where outcome = 'bounced') as bounced, count(*) filter (where outcome = 'unsent') as unsent
from paroles
where account_id = @accountId;

-- name: settled
select p.account_id, p.email_id, p.contact_id, p.email_key, p.bounced_at,
       case when r.outcome in ('bounced', 'soft_bounced') then 'bounced' when r.outcome = 'sent' then 'back' else 'unsent' end as outcome
from paroles p
left join email_recipients r on r.account_id = p.account_id and r.email_id = p.email_id and r.contact_id = p.contact_id
where p.outcome is null
  and (r.outcome in ('bounced', 'soft_bounced', 'not_sent') or r.outcome = 'sent' and r.sent_at <= @proven or (r.outcome = 'unknown' or r.outcome is null) and p.at <= @proven)
order by p.at
limit @AtOnce;

-- name: settle
update paroles set outcome = @Outcome where account_id = @AccountId and email_id = @EmailId and contact_id = @ContactId and outcome is null;

-- name: event
insert into email_events (account_id, id, at, type, contact_id, email_id, email_key, reason) values (@AccountId, @id, @now, 'UNBOUNCE', @ContactId, @EmailId, @EmailKey, 'parole');
