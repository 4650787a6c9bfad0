-- name: affected
select coalesce(sum(case when marketing then 0 else 1 end), 0) as becoming, coalesce(sum(case when marketing and until_renewal then 1 else 0 end), 0) as taken_back
from contacts
where account_id = @AccountId and id in @ids;
