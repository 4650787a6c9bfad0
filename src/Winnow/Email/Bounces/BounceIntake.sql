-- name: new
select account_id, id, door, recipient, email_id, contact_id, attempts from inbox where state = 'new' and attempts < @MaxAttempts and received_at + attempts * attempts * 60000 <= @now order by account_id, id limit @AtOnce;

-- name: raw
select raw from inbox where account_id = @AccountId and id = @Id;

-- name: claim
update inbox set state = 'kept', kind = 'other' where account_id = @AccountId and id = @Id and state = 'new';

-- name: failed
update inbox set attempts = attempts + 1 where account_id = @AccountId and id = @Id and state = 'new';

-- name: recipient
select email, email_key, outcome, reason from email_recipients
where account_id = @AccountId and email_id = @EmailId and contact_id = @ContactId
$lock;

-- name: earlier
select min(e.at) from email_events e join inbox i on i.account_id = e.account_id and i.id = e.inbox_id
where e.account_id = @AccountId and e.email_key = @EmailKey and e.type = 'BOUNCE' and e.at > @since and i.verdict = @verdict and (@EmailId = 0 or coalesce(e.email_id, 0) <> @EmailId)
  and not exists (select 1 from incident_blocks b where b.account_id = e.account_id and b.inbox_id = e.inbox_id and b.incident_id is not null)
group by coalesce(e.email_id, -e.id);

-- name: reported
select count(*) from email_events where account_id = @AccountId and email_key = @EmailKey and type = 'BOUNCE' and email_id is null and at > @since;

-- name: sent-at
select sent_at from marketing_emails where account_id = @AccountId and id = @EmailId;

-- name: events
select count(*) from email_events where account_id = @AccountId and contact_id = @ContactId and coalesce(email_id, 0) = @EmailId and type = @type;

-- name: event
insert into email_events (account_id, id, at, type, contact_id, email_id, sent_at, email_key, reason, detail, inbox_id)
select @AccountId, @id, @now, @type, @ContactId, nullif(@EmailId, 0), (select sent_at from marketing_emails where account_id = @AccountId and id = @EmailId), @EmailKey, @reason, @detail, @InboxId;

-- name: judge
update inbox set state = @state, why = @why, email_id = @EmailId, contact_id = @ContactId, kind = @Kind, verdict = @verdict, reason = @reason, effect = @effect, status = @Status, rule = @Rule, decisive = @Decisive, refused_by = @RefusedBy, named = @Named
where account_id = @AccountId and id = @InboxId;
