-- name: health
select cast(coalesce(sum(case when c.outcome not in ('queued', 'not_sent') then c.count else 0 end), 0) as bigint) as sent,
       cast(coalesce(sum(case when c.outcome = 'sent' then c.count else 0 end), 0) as bigint) as delivered,
       cast(coalesce(sum(case when c.outcome = 'bounced' then c.count else 0 end), 0) as bigint) as hard_bounced,
       (select count(*) from (
          select distinct v.email_id, v.contact_id
          from email_events v join marketing_emails m on m.account_id = v.account_id and m.id = v.email_id
          where v.account_id = @accountId and v.type = 'SPAMREPORT' and m.sent_at >= @since) reports) as complaints
from marketing_emails e
join email_counts c on c.account_id = e.account_id and c.email_id = e.id
where e.account_id = @accountId and e.sent_at >= @since;

-- name: complaints
select count(distinct contact_id) from email_events where account_id = @accountId and email_id = @emailId and type = 'SPAMREPORT';
