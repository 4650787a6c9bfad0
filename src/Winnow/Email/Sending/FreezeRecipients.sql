-- name: progress
select selection_id, frozen, coalesce((select max(contact_id) from email_recipients where account_id = @accountId and email_id = @emailId), 0) as last_contact_id
from marketing_emails
where account_id = @accountId and id = @emailId;

-- name: facts
select id, email, email_key, has_address, is_marketing, is_blocked, is_hard_bounced, reported_spam, opted_out, is_quarantined
from recipient_facts
where account_id = @accountId and id in @ids;

-- name: frozen
update marketing_emails set frozen = true where account_id = @accountId and id = @emailId;
