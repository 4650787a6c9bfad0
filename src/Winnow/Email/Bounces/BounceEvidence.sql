-- name: contact
select id, email_key from contacts where account_id = @accountId and id = @contactId;

-- name: reports
select i.id, i.received_at, i.door, i.state, i.kind, i.verdict, i.reason, i.effect, i.status, i.rule, i.decisive, i.refused_by, i.named, i.email_id, e.name as email_name, i.redacted_at, r.email_key, i.overruled
from inbox i left join marketing_emails e on e.account_id = i.account_id and e.id = i.email_id left join email_recipients r on r.account_id = i.account_id and r.email_id = i.email_id and r.contact_id = i.contact_id
where i.account_id = @accountId and i.contact_id = @contactId and i.state in ('done', 'copy')
order by i.received_at desc, i.id desc limit @Most;

-- name: report
select i.id, i.received_at, i.door, i.state, i.kind, i.verdict, i.reason, i.effect, i.status, i.rule, i.decisive, i.refused_by, i.named, i.email_id, e.name as email_name, i.redacted_at, r.email_key, i.overruled
from inbox i left join marketing_emails e on e.account_id = i.account_id and e.id = i.email_id left join email_recipients r on r.account_id = i.account_id and r.email_id = i.email_id and r.contact_id = i.contact_id
where i.account_id = @accountId and i.contact_id = @contactId and i.id = @inboxId and i.state in ('done', 'copy');

-- name: raw
select raw from inbox where account_id = @accountId and id = @inboxId;

-- name: user
select u.name from users u join account_users m on m.user_id = u.id where m.account_id = @accountId and u.id = @userId;

-- name: failures
select i.verdict, min(e.at) as at from email_events e join inbox i on i.account_id = e.account_id and i.id = e.inbox_id
where e.account_id = @accountId and e.email_key = @key and e.type = 'BOUNCE' and e.at > @since and i.verdict is not null
group by i.verdict, coalesce(e.email_id, -e.id);

-- name: of-email
select contact_id, max(id) as id from inbox
where account_id = @accountId and contact_id in @ids and email_id = @emailId and kind = @kind and state = 'done'
group by contact_id;

-- name: some
select i.id, i.received_at, i.door, i.state, i.kind, i.verdict, i.reason, i.effect, i.status, i.rule, i.decisive, i.refused_by, i.named, i.email_id, e.name as email_name, i.redacted_at, r.email_key, i.overruled
from inbox i left join marketing_emails e on e.account_id = i.account_id and e.id = i.email_id left join email_recipients r on r.account_id = i.account_id and r.email_id = i.email_id and r.contact_id = i.contact_id
where i.account_id = @accountId and i.id in @ids;
