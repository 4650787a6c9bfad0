-- name: find
select r.email, a.name, a.language, exists (
         select 1 from addresses s where s.account_id = r.account_id and s.email_key = r.email_key and s.opted_out_at is not null) as is_out
from email_recipients r
join accounts a on a.account_id = r.account_id
where r.account_id = @accountId and r.email_id = @emailId and r.contact_id = @contactId;

-- name: test
select '' as email, name, language, false as is_out from accounts where account_id = @accountId;
