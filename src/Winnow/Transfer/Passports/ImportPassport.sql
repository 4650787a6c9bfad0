-- name: known
select email_key
from (
  select email_key from (
    select email_key from addresses
    where account_id = @accountId and email_key > @after and (email_key < '#' or email_key >= '$')
    order by email_key
    limit @size) known
  union
  select email_key from (
    select email_key from contacts
    where account_id = @accountId and email_key > @after
    order by email_key
    limit @size) held) keys
order by email_key
limit @size;
