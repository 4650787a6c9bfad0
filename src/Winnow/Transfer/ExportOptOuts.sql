-- name: known
select email_key
from addresses
where account_id = @accountId and email_key > @After and (email_key < '#' or email_key >= '$')
  and (hard_bounced_at is not null or opted_out_at is not null or complained_at is not null)
order by email_key
limit @Size;

-- name: known-and-contacts
select email_key
from (
  select email_key from (
    select email_key from addresses
    where account_id = @accountId and email_key > @After and (email_key < '#' or email_key >= '$')
    order by email_key
    limit @Size) known
  union
  select email_key from (
    select email_key from contacts
    where account_id = @accountId and email_key > @After
    order by email_key
    limit @Size) held) keys
order by email_key
limit @Size;

-- name: global
select g.email_key
from accounts a
join addresses g on g.account_id = a.account_id and g.email_key in @keys
where g.hard_bounced_at is not null and g.hard_bounce_reason = 'UNKNOWN_USER' and not g.hard_bounce_spared
  and (g.unbounced_at is null or g.unbounced_at < g.hard_bounced_at)
group by g.email_key
having count(*) >= @least;
