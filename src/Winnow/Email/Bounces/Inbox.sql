-- name: counts
select email_id, contact_id, count(*) from inbox where account_id = @accountId and contact_id in @contactIds group by email_id, contact_id;

-- name: add
insert into inbox (account_id, id, received_at, door, recipient, email_id, contact_id, raw, state, fingerprint)
values (@AccountId, @id, @now, @door, @recipient, @EmailId, @ContactId, @raw, @state, @fingerprint)
on conflict do nothing;
