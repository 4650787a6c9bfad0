-- name: in-bin
select id, email_key, custom ->> '36' as others       -- 36: additional email addresses
from deleted_contacts where account_id = @accountId and operation_id = @operationId order by id limit @limit;

-- name: former
select before from contact_history where account_id = @accountId and contact_id in @ids and before like @named;

-- name: held
select email_key from contacts where account_id = @accountId and email_key in @keys
union
select email_key from contact_emails where account_id = @accountId and email_key in @keys;

-- name: erase
delete from deleted_contacts where account_id = @accountId and operation_id = @operationId and id in @ids;

-- name: mails
select r.email_id, r.contact_id
from marketing_emails e
cross join email_recipients r      -- SQLite keeps to the order of a cross join
where e.account_id = @accountId and e.state <> 'draft' and r.account_id = @accountId and r.email_id = e.id and r.contact_id in @ids;

-- name: hold
select r.email_id, r.contact_id, r.outcome
from $each(@mails) m
cross join email_recipients r
where r.account_id = @accountId and r.email_id = cast(m.value ->> 'email' as bigint) and r.contact_id = cast(m.value ->> 'contact' as bigint)
order by r.email_id, r.contact_id
$lock;

-- name: blank
update email_recipients set email = '', email_key = '', detail = null
from (select cast(value ->> 'account' as bigint) as account_id, cast(value ->> 'email' as bigint) as email_id, cast(value ->> 'contact' as bigint) as contact_id from $each(@rows)) r
where email_recipients.account_id = r.account_id and email_recipients.email_id = r.email_id and email_recipients.contact_id = r.contact_id;

-- name: renumber
update email_recipients set contact_id = r.number, email = '', email_key = '', detail = null
from (select cast(value ->> 'account' as bigint) as account_id, cast(value ->> 'email' as bigint) as email_id, cast(value ->> 'contact' as bigint) as contact_id, cast(value ->> 'number' as bigint) as number from $each(@rows)) r
where email_recipients.account_id = r.account_id and email_recipients.email_id = r.email_id and email_recipients.contact_id = r.contact_id;

-- name: renumber-events
update email_events set contact_id = r.number, email_key = null, detail = null, inbox_id = null
from (select cast(value ->> 'account' as bigint) as account_id, cast(value ->> 'email' as bigint) as email_id, cast(value ->> 'contact' as bigint) as contact_id, cast(value ->> 'number' as bigint) as number from $each(@rows)) r
where email_events.account_id = r.account_id and email_events.contact_id = r.contact_id and email_events.email_id = r.email_id;

-- name: renumber-paroles
update paroles set contact_id = r.number, email_key = '', outcome = coalesce(outcome, 'unsent')
from (select cast(value ->> 'account' as bigint) as account_id, cast(value ->> 'email' as bigint) as email_id, cast(value ->> 'contact' as bigint) as contact_id, cast(value ->> 'number' as bigint) as number from $each(@rows)) r
where paroles.account_id = r.account_id and paroles.email_id = r.email_id and paroles.contact_id = r.contact_id;

-- name: blank-paroles
update paroles set email_key = '' where account_id = @accountId and contact_id in @ids and email_key <> '';

-- name: blocks
update incident_blocks set contact_id = 0, email_key = '#' || cast(inbox_id as text)
where account_id = @accountId and inbox_id in (select id from inbox where account_id = @accountId and contact_id in @ids);

-- name: reports
update inbox set raw = @nothing, redacted_at = coalesce(redacted_at, @now), recipient = '', contact_id = 0, decisive = null, named = null
where account_id = @accountId and contact_id in @ids and state <> 'new';

-- name: events
delete from email_events where account_id = @accountId and contact_id in @ids;

-- name: history
delete from contact_history where account_id = @accountId and contact_id in @ids;

-- name: words
delete from contact_words where account_id = @accountId and contact_id in @ids;

-- name: addresses
delete from contact_emails where account_id = @accountId and contact_id in @ids;

-- name: moved
delete from moved_records where account_id = @accountId and kind = 'contact' and record_id in @ids;

-- name: left
select cast((select count(*) from marketing_emails e cross join email_recipients r where e.account_id = @accountId and e.state <> 'draft' and r.account_id = @accountId and r.email_id = e.id and r.contact_id in @ids)
  + (select count(*) from email_events where account_id = @accountId and contact_id in @ids)
  + (select count(*) from inbox where account_id = @accountId and contact_id in @ids)
  + (select count(*) from contact_history where account_id = @accountId and contact_id in @ids)
  + (select count(*) from contact_words where account_id = @accountId and contact_id in @ids)
  + (select count(*) from contact_emails where account_id = @accountId and contact_id in @ids)
  + (select count(*) from moved_records where account_id = @accountId and kind = 'contact' and record_id in @ids)
  + (select count(*) from list_deltas where account_id = @accountId and contact_id in @ids) as bigint);

-- name: present
select id from contacts where account_id = @accountId and id in @ids
union
select id from deleted_contacts where account_id = @accountId and id in @ids;
