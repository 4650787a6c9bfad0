-- name: next
select c.id
from addresses a join contacts c on c.account_id = a.account_id and c.email_key = a.email_key
where a.account_id = @AccountId and a.hard_bounced_at is not null and a.hard_bounce_reason in @Reasons
  and (a.unbounced_at is null or a.unbounced_at < a.hard_bounced_at)
  and (coalesce(a.hard_bounce_sent_at, a.hard_bounced_at) >= @From and coalesce(a.hard_bounce_sent_at, a.hard_bounced_at) < @Until
    or exists (select 1 from email_events e where e.account_id = @AccountId and e.contact_id = c.id and e.type = 'BOUNCE' and e.email_key = a.email_key
               and e.reason in @hard and e.sent_at >= @From and e.sent_at < @Until))
  and c.id > @After
order by c.id
limit @Batch;
