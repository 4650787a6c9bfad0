-- name: read
select email_key, email, hard_bounce_reason, hard_bounced_at, hard_bounce_email_id, hard_bounce_sent_at, hard_bounce_spared, bounces,
       unbounced_at, unbounced_by, complained_at, opted_out_at, opt_out_source, quarantined_at, hard_bounce_inbox_id
from addresses
where account_id = @accountId and email_key in @keys;

-- name: make
insert into addresses (account_id, email_key, email)
select @accountId, value ->> 'key', value ->> 'email' from $each(@rows) where true
order by (value ->> 'key') $binary
on conflict (account_id, email_key) do nothing;

-- name: lock
select email_key, email, hard_bounce_reason, hard_bounced_at, hard_bounce_email_id, hard_bounce_sent_at, hard_bounce_spared, bounces,
       unbounced_at, unbounced_by, complained_at, opted_out_at, opt_out_source, quarantined_at, hard_bounce_inbox_id
from addresses
where account_id = @accountId and email_key in @keys
order by email_key
$lock;

-- name: write
update addresses set
  hard_bounce_reason = r.reason, hard_bounced_at = r.bounced, hard_bounce_email_id = r.email, hard_bounce_sent_at = r.sent, hard_bounce_spared = r.spared, bounces = r.bounces,
  unbounced_at = r.unbounced, unbounced_by = r.unbounced_by, complained_at = r.complained, opted_out_at = r.opted, opt_out_source = r.source, quarantined_at = r.quarantined, hard_bounce_inbox_id = r.inbox
from (
  select cast(value ->> 'account' as bigint) as account_id, value ->> 'key' as email_key, value ->> 'reason' as reason, cast(value ->> 'bounced' as bigint) as bounced, cast(value ->> 'email' as bigint) as email,
         cast(value ->> 'sent' as bigint) as sent, cast(value ->> 'spared' as boolean) as spared, cast(value ->> 'bounces' as bigint) as bounces,
         cast(value ->> 'unbounced' as bigint) as unbounced, cast(value ->> 'by' as bigint) as unbounced_by, cast(value ->> 'complained' as bigint) as complained,
         cast(value ->> 'opted' as bigint) as opted, value ->> 'source' as source, cast(value ->> 'quarantined' as bigint) as quarantined, cast(value ->> 'inbox' as bigint) as inbox
  from $each(@rows)) r
where addresses.account_id = r.account_id and addresses.email_key = r.email_key;
