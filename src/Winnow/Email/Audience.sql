-- name: facts
select c.email_key is not null as has_address,
       c.marketing as is_marketing,
       coalesce(cast(c.custom -> '65' as text), '') = 'true' as is_blocked,
       a.hard_bounced_at is not null and not a.hard_bounce_spared and (a.unbounced_at is null or a.unbounced_at < a.hard_bounced_at) as is_hard_bounced,
       a.complained_at is not null as reported_spam,
       a.opted_out_at is not null as opted_out,
       a.quarantined_at is not null as is_quarantined,
       count(*) as contacts
from contacts c
left join addresses a on a.account_id = c.account_id and a.email_key = c.email_key
where c.account_id = @accountId and c.id in @ids
group by 1, 2, 3, 4, 5, 6, 7;
