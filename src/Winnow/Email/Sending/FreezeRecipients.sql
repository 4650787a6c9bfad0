-- name: progress
select selection_id, frozen, coalesce((select max(contact_id) from email_recipients where account_id = @accountId and email_id = @emailId), 0) as last_contact_id
from marketing_emails
where account_id = @accountId and id = @emailId;

-- name: frozen
update marketing_emails set frozen = true where account_id = @accountId and id = @emailId;
