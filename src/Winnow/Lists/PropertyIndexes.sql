-- name: of-account
select k.property_id, cast(coalesce(u.uses, 0) as bigint) as uses, u.last_at as last_used_at, coalesce(i.pinned, false) as pinned, i.made_at, coalesce(i.lease_until, 0) as lease_until, i.problem
from (select property_id from property_uses where account_id = @accountId and day > @since
      union select property_id from property_indexes where account_id = @accountId and (pinned or made_at is not null)) k
left join (select property_id, sum(uses) as uses, max(last_at) as last_at from property_uses where account_id = @accountId and day > @since group by property_id) u on u.property_id = k.property_id
left join property_indexes i on i.account_id = @accountId and i.property_id = k.property_id
order by case when coalesce(i.pinned, false) then 0 else 1 end, coalesce(u.uses, 0) desc, k.property_id;

-- name: candidates
select k.account_id, k.property_id, cast(coalesce(u.uses, 0) as bigint) as uses, cast(coalesce(u.days, 0) as bigint) as days_used, u.last_at as last_used_at, coalesce(c.contacts, 0) as contacts,
       coalesce(i.pinned, false) as pinned, i.made_at, i.dropped_at
from (select account_id, property_id from property_uses where day > @since
      union select account_id, property_id from property_indexes) k
left join (select account_id, property_id, sum(uses) as uses, count(*) as days, max(last_at) as last_at from property_uses where day > @since group by account_id, property_id) u
  on u.account_id = k.account_id and u.property_id = k.property_id
left join property_indexes i on i.account_id = k.account_id and i.property_id = k.property_id
left join contact_counts c on c.account_id = k.account_id
order by k.account_id, k.property_id;

-- name: known
select account_id, property_id, made_at from property_indexes where lease_until < @now order by account_id, property_id;

-- name: add
insert into property_indexes (account_id, property_id) values (@accountId, @propertyId) on conflict (account_id, property_id) do nothing;

-- name: pinned
select property_id from property_indexes where account_id = @accountId and pinned;

-- name: pin
update property_indexes set pinned = @pinned, problem = null where account_id = @accountId and property_id = @propertyId;

-- name: let-go
update property_indexes set pinned = false, dropped_at = @now where account_id = @accountId and property_id = @propertyId and made_at is not null;

-- name: take
update property_indexes set lease_until = @until where account_id = @accountId and property_id = @propertyId and lease_until < @free;

-- name: made
update property_indexes set made_at = @made, problem = @problem, lease_until = 0 where account_id = @accountId and property_id = @propertyId;

-- name: dropped
update property_indexes set made_at = null, problem = null, lease_until = 0 where account_id = @accountId and property_id = @propertyId;
