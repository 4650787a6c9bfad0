-- name: jobs
select count(account_id) as jobs_open,
       coalesce(sum(case when lease_owner is not null and lease_until >= @now then 1 else 0 end), 0) as jobs_running,
       min(case when lease_until < @now then case when lease_until > created_at then lease_until else created_at end end) as waiting_since,
       (select count(account_id) from jobs where outcome = 'failed' and finished_at > @dayAgo) as jobs_failed,
       (select count(account_id) from inbox where state = 'new') as inbox,
       cast(@now as bigint) as at
from jobs
where outcome is null;

-- name: mails
select outcome, cast(sum(count) as bigint) as count from email_counts where account_id > 0 group by outcome order by outcome;
