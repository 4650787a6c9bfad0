-- name: accounts
select distinct account_id from inbox where redacted_at is null and received_at < @before;

-- name: redact
update inbox set raw = @nothing, redacted_at = @now
where account_id = @accountId and id in (
  select id from inbox where account_id = @accountId and redacted_at is null and received_at < @before and state <> 'new' order by received_at limit @Batch);
