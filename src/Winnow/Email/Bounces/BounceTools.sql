-- name: count
select a.hard_bounce_reason as reason,
       count(*) filter (where a.unbounced_at is null or a.unbounced_at < a.hard_bounced_at) as bounced,
       count(*) filter (where a.unbounced_at >= a.hard_bounced_at) as unbounced
from addresses a join contacts c on c.account_id = a.account_id and c.email_key = a.email_key
where a.account_id = @accountId and a.hard_bounced_at is not null
  and (coalesce(a.hard_bounce_sent_at, a.hard_bounced_at) >= @from and coalesce(a.hard_bounce_sent_at, a.hard_bounced_at) < @until
    or exists (select 1 from email_events e where e.account_id = @accountId and e.contact_id = c.id and e.type = 'BOUNCE' and e.email_key = a.email_key
               and e.reason in @hard and e.sent_at >= @from and e.sent_at < @until))
group by a.hard_bounce_reason;
