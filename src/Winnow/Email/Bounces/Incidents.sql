-- name: open
select id, grouped_by, group_key, first_at, last_at
from incidents
where account_id = @accountId and last_at >= @lasting and first_at <= @until
  and (grouped_by = 'text' and group_key in @words or grouped_by = 'provider' and group_key in @providers);

-- name: near
select inbox_id, at, provider, words, email_key, contact_id, incident_id
from incident_blocks
where account_id = @accountId and incident_id is null and at >= @near and at <= @until and (words in @words or provider in @providers);

-- name: stretch
update incidents set first_at = r.first_at, last_at = r.last_at
from (select cast(value ->> 'account' as bigint) as account_id, cast(value ->> 'id' as bigint) as id, cast(value ->> 'first' as bigint) as first_at, cast(value ->> 'last' as bigint) as last_at from $each(@rows)) r
where incidents.account_id = r.account_id and incidents.id = r.id;

-- name: gather
update incident_blocks set incident_id = r.incident_id
from (select cast(value ->> 'account' as bigint) as account_id, cast(value ->> 'inbox' as bigint) as inbox_id, cast(value ->> 'incident' as bigint) as incident_id from $each(@rows)) r
where incident_blocks.account_id = r.account_id and incident_blocks.inbox_id = r.inbox_id;

-- name: page
select n.id, n.grouped_by, case when b.providers = 1 then n.provider end as provider, n.sample, n.first_at, n.last_at, n.opened_at, b.texts, b.contacts,
       (select count(*) from incident_blocks o join addresses a on a.account_id = o.account_id and a.email_key = o.email_key and a.hard_bounce_inbox_id = o.inbox_id
        where o.account_id = n.account_id and o.incident_id = n.id and (a.unbounced_at is null or a.unbounced_at < a.hard_bounced_at)) as on_record
from incidents n
join (select incident_id, count(distinct email_key) as contacts, count(distinct provider) as providers, count(distinct words) as texts
      from incident_blocks where account_id = @accountId and incident_id is not null group by incident_id) b on b.incident_id = n.id
where n.account_id = @accountId
order by n.id desc
limit @take offset @skip;

-- name: find
select n.id, n.grouped_by,
       case when (select count(distinct b.provider) from incident_blocks b where b.account_id = n.account_id and b.incident_id = n.id) = 1 then n.provider end as provider,
       n.sample, n.first_at, n.last_at, n.opened_at,
       (select count(distinct b.words) from incident_blocks b where b.account_id = n.account_id and b.incident_id = n.id) as texts,
       (select count(distinct b.email_key) from incident_blocks b where b.account_id = n.account_id and b.incident_id = n.id) as contacts,
       (select count(*) from incident_blocks o join addresses a on a.account_id = o.account_id and a.email_key = o.email_key and a.hard_bounce_inbox_id = o.inbox_id
        where o.account_id = n.account_id and o.incident_id = n.id and (a.unbounced_at is null or a.unbounced_at < a.hard_bounced_at)) as on_record
from incidents n
where n.account_id = @accountId and n.id = @id;

-- name: count-lasting
select count(*) from incidents where account_id = @accountId and last_at >= @since;

-- name: people
select b.inbox_id, b.contact_id, b.email_key, b.at, i.decisive,
       exists (select 1 from addresses a where a.account_id = b.account_id and a.email_key = b.email_key and a.hard_bounce_inbox_id = b.inbox_id
               and (a.unbounced_at is null or a.unbounced_at < a.hard_bounced_at)) as on_record
from incident_blocks b
left join inbox i on i.account_id = b.account_id and i.id = b.inbox_id
where b.account_id = @accountId and b.incident_id = @id and b.inbox_id > @after
order by b.inbox_id
limit @limit;

-- name: accounts-with-single
select distinct account_id from incident_blocks where at < @before and incident_id is null;

-- name: forget
delete from incident_blocks where account_id = @accountId and at < @before and incident_id is null;
