-- name: came-at
select received_at from inbox where account_id = @AccountId and id = @inboxId;

-- name: note
insert into incident_blocks (account_id, inbox_id, at, provider, words, email_key, contact_id) values (@AccountId, @inboxId, @at, @Provider, @Words, @EmailKey, @ContactId)
on conflict (account_id, inbox_id) do nothing;

-- name: open
select id
from incidents
where account_id = @accountId and last_at >= @from and first_at <= @until
  and (grouped_by = 'text' and group_key = @Words or grouped_by = 'provider' and group_key = @Provider)
order by id
limit 1;

-- name: near-by-text
select at, email_key from incident_blocks where account_id = @AccountId and words = @key and incident_id is null and at >= @from and at <= @until;

-- name: near-by-provider
select at, email_key from incident_blocks where account_id = @AccountId and provider = @key and incident_id is null and at >= @from and at <= @until;

-- name: open-new
insert into incidents (account_id, id, grouped_by, group_key, provider, sample, first_at, last_at, opened_at) values (@AccountId, @id, @by, @key, @Provider, @Sample, @at, @at, @now);

-- name: gather-by-text
update incident_blocks set incident_id = @id where account_id = @AccountId and words = @key and incident_id is null and at >= @from and at <= @until;

-- name: gather-by-provider
update incident_blocks set incident_id = @id where account_id = @AccountId and provider = @key and incident_id is null and at >= @from and at <= @until;

-- name: span
update incidents set
  first_at = (select min(b.at) from incident_blocks b where b.account_id = @AccountId and b.incident_id = @id),
  last_at = (select max(b.at) from incident_blocks b where b.account_id = @AccountId and b.incident_id = @id)
where account_id = @AccountId and id = @id;

-- name: join
update incident_blocks set incident_id = @id where account_id = @AccountId and inbox_id = @inboxId and incident_id is null;

-- name: stretch
update incidents set first_at = case when first_at > @at then @at else first_at end, last_at = case when last_at < @at then @at else last_at end
where account_id = @AccountId and id = @id;

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
