-- name: claim (sqlite)
select id from inbox where account_id = @accountId and id in @ids and state = 'new' order by id;

-- name: claim (postgres)
select id from inbox where account_id = @accountId and id in @ids and state = 'new' order by id for update skip locked;

-- name: recipients
select r.email_id, r.contact_id, r.email, r.email_key, r.outcome, r.reason, r.detail
from $each(@paths) p
cross join email_recipients r      -- SQLite keeps to the order of a cross join
where r.account_id = @accountId and r.email_id = cast(p.value ->> 'email' as bigint) and r.contact_id = cast(p.value ->> 'contact' as bigint) and r.email_key <> ''      -- empty: the person was erased while the mail was on its way
order by r.email_id, r.contact_id
$lock;

-- name: failures
select e.email_key, e.at, coalesce(e.email_id, 0) as email_id, i.verdict, i.id as inbox_id,
       exists (select 1 from incident_blocks b where b.account_id = e.account_id and b.inbox_id = e.inbox_id and b.incident_id is not null) as of_incident
from email_events e
join inbox i on i.account_id = e.account_id and i.id = e.inbox_id
join addresses a on a.account_id = e.account_id and a.email_key = e.email_key
where e.account_id = @accountId and e.email_key in @keys and e.type = 'BOUNCE' and e.at > coalesce(a.unbounced_at, -1);

-- name: reported
select distinct email_key from email_events where account_id = @accountId and email_key in @keys and type = 'BOUNCE' and email_id is null and at > @since;

-- name: events
select distinct contact_id, coalesce(email_id, 0), type from email_events where account_id = @accountId and contact_id in @keys and type in ('SPAMREPORT', 'DEFERRED');

-- name: sent
select id, sent_at from marketing_emails where account_id = @accountId and id in @keys;

-- name: judged
update inbox set state = r.state, why = r.why, email_id = r.email_id, contact_id = r.contact_id, kind = r.kind, verdict = r.verdict, reason = r.reason, effect = r.effect,
  status = r.status, rule = r.rule, decisive = r.decisive, refused_by = r.refused_by, named = r.named
from (
  select cast(value ->> 'account' as bigint) as account_id, cast(value ->> 'id' as bigint) as id, value ->> 'state' as state, value ->> 'why' as why, cast(value ->> 'email' as bigint) as email_id, cast(value ->> 'contact' as bigint) as contact_id,
         value ->> 'kind' as kind, value ->> 'verdict' as verdict, value ->> 'reason' as reason, value ->> 'effect' as effect, value ->> 'status' as status, value ->> 'rule' as rule,
         value ->> 'decisive' as decisive, value ->> 'refusedBy' as refused_by, value ->> 'named' as named
  from $each(@rows)) r
where inbox.account_id = r.account_id and inbox.id = r.id;

-- name: forget-erased
update inbox set raw = @nothing, redacted_at = @now, recipient = '', contact_id = 0, decisive = null, named = null
from (select cast(value ->> 'account' as bigint) as account_id, cast(value ->> 'id' as bigint) as id, cast(value ->> 'contact' as bigint) as contact_id from $each(@rows)) r
where inbox.account_id = r.account_id and inbox.id = r.id
  and not exists (select 1 from contacts c where c.account_id = r.account_id and c.id = r.contact_id)
  and not exists (select 1 from deleted_contacts d where d.account_id = r.account_id and d.id = r.contact_id);
