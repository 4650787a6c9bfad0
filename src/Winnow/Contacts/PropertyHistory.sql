-- name: older
select version, at, source, source_id, user_id, changes, before from contact_history
where account_id = @AccountId and contact_id = @Id and version < @below order by version desc limit @limit;

-- name: newer
select version, before from contact_history
where account_id = @AccountId and contact_id = @Id and version > @above order by version limit @limit;

-- name: rules
select o.id as operation_id, r.kind, r.number, l.name as list_name
from marketing_rule_runs o
join marketing_rules r on r.account_id = o.account_id and r.id = o.rule_id
left join lists l on r.kind = 'List' and l.account_id = r.account_id and l.id = r.number and l.deleted_at is null
where o.account_id = @accountId and o.id in @ids;

-- name: users
select u.id, u.name from users u join account_users m on m.user_id = u.id where m.account_id = @accountId and u.id in @ids;
