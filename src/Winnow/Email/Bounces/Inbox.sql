-- name: count
select count(*) from inbox where account_id = @AccountId and contact_id = @ContactId and email_id = @EmailId;

-- name: add
insert into inbox (account_id, id, received_at, door, recipient, email_id, contact_id, raw, state, fingerprint)
values (@AccountId, @id, @now, @door, @recipient, @EmailId, @ContactId, @raw, @state, @fingerprint)
on conflict do nothing;
