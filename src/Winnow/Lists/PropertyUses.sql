-- name: add
insert into property_uses (account_id, property_id, day, uses, last_at) values (@accountId, @propertyId, @day, @uses, @now)
on conflict (account_id, property_id, day) do update set uses = property_uses.uses + excluded.uses, last_at = excluded.last_at;

-- name: forget
delete from property_uses where account_id > 0 and day < @before;
