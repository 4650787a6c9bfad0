-- name: emails
select v.id, v.at, v.type, v.email_id, e.name as email_name, v.reason, v.detail, v.inbox_id, v.user_id
from email_events v left join marketing_emails e on e.account_id = v.account_id and e.id = v.email_id
where v.account_id = @accountId and v.contact_id = @contactId and (v.at < @at or v.at = @at and v.id < @below)
order by v.at desc, v.id desc limit @limit;
