-- name: read
select email_key, email, hard_bounce_reason, hard_bounced_at, hard_bounce_email_id, hard_bounce_sent_at, hard_bounce_spared, bounces,
       unbounced_at, unbounced_by, complained_at, opted_out_at, opt_out_source, quarantined_at, hard_bounce_inbox_id
from addresses
where account_id = @accountId and email_key in @keys;

-- name: make
insert into addresses (account_id, email_key, email) values (@accountId, @key, @email) on conflict (account_id, email_key) do nothing;

-- name: lock
select email_key, email, hard_bounce_reason, hard_bounced_at, hard_bounce_email_id, hard_bounce_sent_at, hard_bounce_spared, bounces,
       unbounced_at, unbounced_by, complained_at, opted_out_at, opt_out_source, quarantined_at, hard_bounce_inbox_id
from addresses
where account_id = @accountId and email_key = @key
$lock;

-- name: lock-some
select email_key, email, hard_bounce_reason, hard_bounced_at, hard_bounce_email_id, hard_bounce_sent_at, hard_bounce_spared, bounces,
       unbounced_at, unbounced_by, complained_at, opted_out_at, opt_out_source, quarantined_at, hard_bounce_inbox_id
from addresses
where account_id = @accountId and email_key in @keys
order by email_key
$lock;

-- name: write
update addresses set
  hard_bounce_reason = @HardBounceReason, hard_bounced_at = @HardBouncedAt, hard_bounce_email_id = @HardBounceEmailId,
  hard_bounce_sent_at = @HardBounceSentAt, hard_bounce_spared = @HardBounceSpared, bounces = @Bounces, unbounced_at = @UnbouncedAt, unbounced_by = @UnbouncedBy,
  complained_at = @ComplainedAt, opted_out_at = @OptedOutAt, opt_out_source = @OptOutSource, quarantined_at = @QuarantinedAt,
  hard_bounce_inbox_id = @HardBounceInboxId
where account_id = @accountId and email_key = @EmailKey;
