-- name: known
select email_key
from addresses
where account_id = @accountId and email_key > @after and (email_key < '#' or email_key >= '$')
  and (hard_bounced_at is not null or opted_out_at is not null or complained_at is not null)
order by email_key
limit @size;
