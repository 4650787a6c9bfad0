-- name: additional
select email_key, contact_id from contact_emails where account_id = @accountId and email_key in @keys;

-- name: holders (sqlite)
select email_key, id as contact_id from contacts where account_id = @accountId and email_key in @keys
union all
select email_key, contact_id from contact_emails where account_id = @accountId and email_key in @keys;

-- name: holders (postgres)
-- One index probe an address. The account is hidden from the planner: shown a young account it believes it small, and in the
-- middle of its first import reads all of it for every batch.
select k.email_key, coalesce(c.id, e.contact_id) as contact_id
from unnest(cast(@keys as text[])) k (email_key)
left join lateral (select id from contacts where account_id = (select cast(@accountId as bigint)) and email_key = k.email_key limit 1) c on true
left join lateral (
  select contact_id from contact_emails
  where (select exists (select 1 from contact_emails where account_id = @accountId)) and account_id = (select cast(@accountId as bigint)) and email_key = k.email_key
  limit 1) e on true
where c.id is not null or e.contact_id is not null;

-- name: any-blocked
select exists (select 1 from blocked_addresses where account_id = @accountId);

-- name: blocked
select email_hash from blocked_addresses where account_id = @accountId and email_hash in @hashes;

-- name: history
insert into contact_history (account_id, contact_id, version, at, source, source_id, user_id, changes, before)
values (@accountId, @Id, @Version, @now, @Source, @SourceId, @UserId, @after, @before);

-- name: outbox
insert into contact_changes (account_id, id, first_contact_id, last_contact_id, contact_ids, at) values (@accountId, @id, @first, @last, cast(@ids as $json), @now);

-- name: count
insert into contact_counts (account_id, contacts, marketing, scheduled, peak) values (@accountId, @All, @Marketing, @Scheduled, @Marketing)
on conflict (account_id) do update set contacts = contact_counts.contacts + excluded.contacts, marketing = contact_counts.marketing + excluded.marketing, scheduled = contact_counts.scheduled + excluded.scheduled,
  peak = case when contact_counts.marketing + excluded.marketing > contact_counts.peak then contact_counts.marketing + excluded.marketing else contact_counts.peak end;

-- name: counts
select contacts as "all", marketing, scheduled from contact_counts where account_id = @accountId;

-- name: stage
create temp table if not exists changed_contacts as select * from contacts where account_id = 0 and false;

-- name: empty-stage
delete from changed_contacts where account_id = @accountId or account_id <> @accountId;

-- name: free-addresses
delete from contact_emails where account_id = @accountId and contact_id in @ids;

-- name: drop-taken-addresses
update deleted_contacts set email = null, email_key = null
where account_id = @accountId and operation_id = @operationId and id in @ids and email_key is not null
  and (exists (select 1 from contacts c where c.account_id = @accountId and c.email_key = deleted_contacts.email_key)
    or exists (select 1 from contact_emails e where e.account_id = @accountId and e.email_key = deleted_contacts.email_key and e.contact_id <> deleted_contacts.id));

-- name: delete-from-bin
delete from deleted_contacts where account_id = @accountId and operation_id = @operationId and id in @ids;

-- name: hold
select id from contacts where account_id = @accountId and id in @ids order by id $lock;

-- name: count-mail (sqlite)
update contacts set emails_delivered = emails_delivered + 1, sends_since_engaged = sends_since_engaged + 1, first_send_at = coalesce(first_send_at, @now),
  last_send_at = @now, updated_at = @now, custom = json_patch(custom, @name)
where account_id = @accountId and id in @ids;

-- name: count-mail (postgres)
update contacts set emails_delivered = emails_delivered + 1, sends_since_engaged = sends_since_engaged + 1, first_send_at = coalesce(first_send_at, @now),
  last_send_at = @now, updated_at = @now, custom = custom || cast(@name as jsonb)
where account_id = @accountId and id in @ids;
