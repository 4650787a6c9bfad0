-- name: find
select period, bought_on, updated_on, tier, warned, told_days, lower_to from marketing_plans where account_id = @accountId;

-- name: hold
select period, bought_on, updated_on, tier, warned, told_days, lower_to from marketing_plans where account_id = @accountId $lock;

-- name: account
select time_zone, created_at from accounts where account_id = @accountId;

-- name: put
insert into marketing_plans (account_id, period, bought_on, updated_on, tier, warned, told_days, lower_to) values (@accountId, @period, @boughtOn, @updatedOn, @Tier, @Warned, @ToldDays, @LowerTo)
on conflict (account_id) do update set period = excluded.period, bought_on = excluded.bought_on, updated_on = excluded.updated_on,
  tier = excluded.tier, warned = excluded.warned, told_days = excluded.told_days, lower_to = excluded.lower_to;

-- name: tiers
select contacts, price from marketing_tiers where account_id = @accountId order by contacts;

-- name: forget-tiers
delete from marketing_tiers where account_id = @accountId;

-- name: add-tier
insert into marketing_tiers (account_id, contacts, price) values (@accountId, @Contacts, @Price);

-- name: changed
insert into marketing_tier_changes (account_id, id, at, reason, was, tier, counting, user_id) values (@accountId, @id, @now, @reason, @was, @tier, @counting, @userId);

-- name: changes
select at, reason, was, tier, counting, user_id from marketing_tier_changes where account_id = @accountId order by id desc limit @take;

-- name: forget-peak
update contact_counts set peak = marketing where account_id = @accountId;
