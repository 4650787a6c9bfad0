-- name: rules
select i.rule, count(*) as contacts
from addresses a
join contacts c on c.account_id = a.account_id and c.email_key = a.email_key
join inbox i on i.account_id = a.account_id and i.id = a.hard_bounce_inbox_id
where a.account_id = @accountId and a.hard_bounced_at is not null and (a.unbounced_at is null or a.unbounced_at < a.hard_bounced_at) and i.rule is not null
group by i.rule
order by count(*) desc, i.rule
limit @MostRules;

-- name: by-reason
select c.id
from addresses a
join contacts c on c.account_id = a.account_id and c.email_key = a.email_key
left join inbox i on i.account_id = a.account_id and i.id = a.hard_bounce_inbox_id
where a.account_id = @accountId and a.hard_bounced_at is not null and (a.unbounced_at is null or a.unbounced_at < a.hard_bounced_at)
  and a.hard_bounce_reason in @reasons and (@rule = '' or i.rule = @rule) and a.hard_bounced_at >= @from and a.hard_bounced_at < @until;

-- name: of-incident
select c.id
from incident_blocks b
join addresses a on a.account_id = b.account_id and a.email_key = b.email_key and a.hard_bounce_inbox_id = b.inbox_id
join contacts c on c.account_id = a.account_id and c.email_key = a.email_key
where b.account_id = @accountId and b.incident_id = @incident and a.hard_bounced_at is not null and (a.unbounced_at is null or a.unbounced_at < a.hard_bounced_at);

-- name: reports-of
select inbox_id from incident_blocks where account_id = @AccountId and incident_id = @incident and email_key in @keys;

-- name: facts
select a.hard_bounced_at is not null and (a.unbounced_at is null or a.unbounced_at < a.hard_bounced_at) as bounced,
       a.complained_at is not null as complained,
       a.opted_out_at is not null as opted_out,
       count(*) as contacts
from contacts c
left join addresses a on a.account_id = c.account_id and a.email_key = c.email_key
where c.account_id = @AccountId and c.id in @ids
group by a.hard_bounced_at is not null and (a.unbounced_at is null or a.unbounced_at < a.hard_bounced_at), a.complained_at is not null, a.opted_out_at is not null;

-- name: order
insert into bulk_operations (account_id, id, kind, selection_id, count, restorable_until, job_id, source, user_id, created_at)
values (@accountId, @operationId, 'unbounce', @selectionId, @count, null, @jobId, @words, @userId, @now);

-- name: revive
update inbox set overruled = null
where account_id = @AccountId and overruled = 'dead' and id in (select inbox_id from email_events where account_id = @AccountId and email_key in @lifts and type = 'BOUNCE' and inbox_id is not null);

-- name: overrule
update inbox set overruled = 'unbounced'
where account_id = @AccountId and effect = 'hard' and id in (
  select r.inbox_id from (
    select e.inbox_id, row_number() over (partition by e.email_key order by e.at desc, e.id desc) as newest
    from email_events e
    join inbox i on i.account_id = e.account_id and i.id = e.inbox_id
    join addresses a on a.account_id = e.account_id and a.email_key = e.email_key
    where e.account_id = @AccountId and e.email_key in @lifts and e.type = 'BOUNCE' and i.state = 'done'
      and (exists (select 1 from email_events m where m.account_id = e.account_id and m.email_key = e.email_key and m.type in ('UNBOUNCE', 'MARKEDDEAD') and m.type = 'MARKEDDEAD' and m.at = a.hard_bounced_at)
        or i.effect = 'hard' and not a.hard_bounce_spared)) r
  where r.newest = 1);

-- name: events
insert into email_events (account_id, id, at, type, contact_id, email_id, email_key, detail, inbox_id, user_id)
select c.account_id, @first + row_number() over (order by c.id) - 1, @now, 'UNBOUNCE', c.id, a.hard_bounce_email_id, a.email_key, @Note,
       (select e.inbox_id from email_events e join inbox i on i.account_id = e.account_id and i.id = e.inbox_id
        where @isSaid and e.account_id = a.account_id and e.email_key = a.email_key and e.type = 'BOUNCE' and i.state = 'done' and i.overruled = 'unbounced'
        order by e.at desc, e.id desc limit 1), @UserId
from addresses a join contacts c on c.account_id = a.account_id and c.email_key = a.email_key
where a.account_id = @AccountId and a.email_key in @lifts;
