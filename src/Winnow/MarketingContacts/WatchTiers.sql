-- name: figures
select a.account_id, a.time_zone, p.period, p.bought_on, p.updated_on, p.tier, p.warned, p.told_days, c.contacts, c.marketing, c.scheduled, c.peak,
  (select max(t.contacts) from marketing_tiers t where t.account_id = a.account_id) as largest
from accounts a
join marketing_plans p on p.account_id = a.account_id
join contact_counts c on c.account_id = a.account_id
where a.account_id > 0;

-- name: peak
select peak from contact_counts where account_id = @accountId $lock;

-- name: note-day
insert into marketing_days (account_id, on_date, contacts, marketing, scheduled, tier) values (@accountId, @OnDate, @Contacts, @Marketing, @Scheduled, @Tier)
on conflict (account_id, on_date) do update set contacts = excluded.contacts, marketing = excluded.marketing, scheduled = excluded.scheduled, tier = excluded.tier;

-- name: days
select on_date, contacts, marketing, scheduled, tier from marketing_days where account_id = @accountId and on_date >= @from order by on_date;
