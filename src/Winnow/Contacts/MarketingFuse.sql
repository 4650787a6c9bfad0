-- name: facts
select a.time_zone, p.tier, f.is_on, f.percent, f.contacts, coalesce(c.marketing, 0) as marketing
from accounts a
left join marketing_plans p on p.account_id = a.account_id
left join marketing_fuses f on f.account_id = a.account_id
left join contact_counts c on c.account_id = a.account_id
where a.account_id = @accountId;

-- name: taken
select taken from marketing_fuse_days where account_id = @accountId and on_date = @day;

-- name: begin-day
insert into marketing_fuse_days (account_id, on_date, taken) values (@accountId, @day, 0) on conflict (account_id, on_date) do nothing;

-- name: take
update marketing_fuse_days set taken = taken + @contacts where account_id = @accountId and on_date = @day and taken <= @most;

-- name: save
insert into marketing_fuses (account_id, is_on, percent, contacts) values (@accountId, @IsOn, @Percent, @Contacts)
on conflict (account_id) do update set is_on = excluded.is_on, percent = excluded.percent, contacts = excluded.contacts;
