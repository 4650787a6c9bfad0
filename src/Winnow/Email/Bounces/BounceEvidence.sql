-- name: contact
select id, email_key from contacts where account_id = @accountId and id = @contactId;

-- name: reports
select i.id, i.received_at, i.door, i.state, i.kind, i.verdict, i.reason, i.effect, i.status, i.rule, i.decisive, i.refused_by, i.named, i.email_id, e.name as email_name, i.redacted_at
from inbox i left join marketing_emails e on e.account_id = i.account_id and e.id = i.email_id
where i.account_id = @accountId and i.contact_id = @contactId and i.state in ('done', 'copy')
order by i.received_at desc, i.id desc limit @Most;

-- name: report
select i.id, i.received_at, i.door, i.state, i.kind, i.verdict, i.reason, i.effect, i.status, i.rule, i.decisive, i.refused_by, i.named, i.email_id, e.name as email_name, i.redacted_at
from inbox i left join marketing_emails e on e.account_id = i.account_id and e.id = i.email_id
where i.account_id = @accountId and i.contact_id = @contactId and i.id = @inboxId and i.state in ('done', 'copy');

-- name: raw
select raw from inbox where account_id = @accountId and id = @inboxId;

-- name: user
select u.name from users u join account_users m on m.user_id = u.id where m.account_id = @accountId and u.id = @userId;
