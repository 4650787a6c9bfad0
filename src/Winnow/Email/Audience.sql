-- name: facts
select has_address, is_marketing, is_blocked, is_hard_bounced, reported_spam, opted_out, is_quarantined, count(*) as contacts, '' as email_key
from recipient_facts
where account_id = @accountId and id in @ids
group by has_address, is_marketing, is_blocked, is_hard_bounced, reported_spam, opted_out, is_quarantined;

-- name: bounced
select has_address, is_marketing, is_blocked, is_hard_bounced, reported_spam, opted_out, is_quarantined, 1 as contacts, email_key
from recipient_facts
where account_id = @accountId and id in @ids and is_hard_bounced;
