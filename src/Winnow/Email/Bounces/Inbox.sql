-- name: counts
select email_id, contact_id, count(*) from inbox where account_id = @accountId and contact_id in @contactIds group by email_id, contact_id;

-- name: receive
insert into inbox (account_id, id, received_at, door, recipient, email_id, contact_id, raw, state, fingerprint)
values (@accountId, @id, @now, @door, @recipient, 0, 0, @raw, 'new', @fingerprint)
on conflict do nothing;
