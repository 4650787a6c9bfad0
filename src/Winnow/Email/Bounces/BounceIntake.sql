-- name: new
select account_id, id, received_at, door, recipient, email_id, contact_id, attempts, raw
from (
  select account_id, id, received_at, door, recipient, email_id, contact_id, attempts, raw, sum(length(raw)) over (order by account_id, id) - length(raw) as before
  from (
    select account_id, id, received_at, door, recipient, email_id, contact_id, attempts, raw
    from inbox
    where state = 'new' and (account_id, id) > (@accountId, @id) and attempts < @MaxAttempts and received_at + attempts * attempts * 60000 <= @now
    order by account_id, id
    limit @AtOnce) due) measured
where before < @MostBytes
order by account_id, id;

-- name: failed
update inbox set attempts = attempts + 1 where account_id = @AccountId and id = @Id and state = 'new';
