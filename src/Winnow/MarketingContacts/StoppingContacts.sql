-- name: idle
-- The conditions are those of StoppingGroup.
select coalesce(sum(case when hard_bounce_reason is not null and not unbounced then 1 else 0 end), 0) as hard_bounced,
       coalesce(sum(case when opted_out then 1 else 0 end), 0) as unsubscribed,
       coalesce(sum(case when reported_spam then 1 else 0 end), 0) as complained,
       coalesce(sum(case when sends_since_engaged >= @mails then 1 else 0 end), 0) as unopened
from contacts where account_id = @accountId and marketing and not until_renewal;

-- name: staying
select id from contacts where account_id = @accountId and marketing and not until_renewal order by id;

-- name: scheduled
select id from contacts where account_id = @accountId and marketing and until_renewal order by id;
