-- name: all
select r.account_id, r.id, r.kind, r.number, r.on_since, r.ran_at, l.name as list_name
from marketing_rules r left join lists l on r.kind = 'List' and l.account_id = r.account_id and l.id = r.number and l.deleted_at is null
where r.account_id = @accountId order by r.id;

-- name: on
select r.account_id, r.id, a.time_zone, r.ran_at
from marketing_rules r join accounts a on a.account_id = r.account_id
where r.account_id > 0 and r.on_since is not null order by r.account_id, r.id;

-- name: of-kind
select id, kind, number, on_since, ran_at from marketing_rules where account_id = @accountId and kind = @kind and number = @Number;

-- name: hold
select id, kind, number, on_since, ran_at from marketing_rules where account_id = @accountId and id = @id $lock;

-- name: switch-on
insert into marketing_rules (account_id, id, kind, number, on_since, on_by) values (@accountId, @id, @kind, @Number, @now, @userId)
on conflict (account_id, kind, number) do update set on_since = excluded.on_since, on_by = excluded.on_by;

-- name: switch-off
update marketing_rules set on_since = null where account_id = @accountId and id = @id;

-- name: ran
update marketing_rules set ran_at = @now where account_id = @accountId and id = @id;

-- name: handled
select chunk as number, members from marketing_rule_chunks where account_id = @accountId and rule_id = @id order by chunk;

-- name: forget-handled
delete from marketing_rule_chunks where account_id = @accountId and rule_id = @id;

-- name: handled-chunk
insert into marketing_rule_chunks (account_id, rule_id, chunk, members) values (@accountId, @id, @chunk, @members);

-- name: run
insert into marketing_rule_runs (account_id, id, rule_id, at, contacts, job_id) values (@accountId, @operationId, @Id, @now, @contacts, @jobId);

-- name: runs
select n.rule_id, n.at, n.contacts, o.restored as taken_back, n.job_id, r.kind, r.number, l.name as list_name
from marketing_rule_runs n
join marketing_rules r on r.account_id = n.account_id and r.id = n.rule_id
join bulk_operations o on o.account_id = n.account_id and o.id = n.id
left join lists l on r.kind = 'List' and l.account_id = r.account_id and l.id = r.number and l.deleted_at is null
where n.account_id = @accountId order by n.id desc limit @take;

-- name: deeds
select r.kind, r.number, l.name as list_name, sum(n.contacts - o.restored) as contacts
from marketing_rule_runs n
join marketing_rules r on r.account_id = n.account_id and r.id = n.rule_id
join bulk_operations o on o.account_id = n.account_id and o.id = n.id
left join lists l on r.kind = 'List' and l.account_id = r.account_id and l.id = r.number and l.deleted_at is null
where n.account_id = @accountId
  and n.at >= coalesce((select max(u.began) from marketing_updates u where u.account_id = @accountId and u.on_date < @day), 0)
  and (not exists (select 1 from marketing_updates u where u.account_id = @accountId and u.on_date = @day and u.began <= n.at))
group by r.id, r.kind, r.number, l.name
having sum(n.contacts - o.restored) > 0
order by r.id;
