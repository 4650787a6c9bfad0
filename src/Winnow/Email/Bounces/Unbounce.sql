-- name: event
insert into email_events (account_id, id, at, type, contact_id, email_id, email_key, reason, user_id)
values (@accountId, @id, @now, 'UNBOUNCE', @contactId, @emailId, @key, @reason, @userId);
