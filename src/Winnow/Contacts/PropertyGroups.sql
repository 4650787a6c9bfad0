-- name: all
select name, label,
       (select count(*) from properties p where p.account_id = g.account_id and p.group_name = g.name) as properties
from property_groups g
where account_id = @accountId
order by lower(label), name;

-- name: create
insert into property_groups (account_id, name, label, created_at) values (@accountId, @name, @label, @now)
on conflict do nothing;

-- name: rename
update property_groups set label = @label where account_id = @accountId and name = @name;

-- name: delete
delete from property_groups
where account_id = @accountId and name = @name
  and not exists (select 1 from properties p where p.account_id = @accountId and p.group_name = @name);
