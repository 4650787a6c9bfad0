-- name: of
select email_key, email, created_at from contact_emails where account_id = @accountId and contact_id = @contactId order by created_at, email_key;

-- name: add
insert into contact_emails (account_id, email_key, contact_id, email, created_at) values (@accountId, @key, @contactId, @email, @now);

-- name: remove
delete from contact_emails where account_id = @accountId and contact_id = @contactId and email_key = @key;

-- name: give-back
insert into contact_emails (account_id, email_key, contact_id, email, created_at)
select @accountId, @key, @contactId, @email, @now
where not exists (select 1 from contacts c where c.account_id = @accountId and c.email_key = @key)
on conflict (account_id, email_key) do nothing;
