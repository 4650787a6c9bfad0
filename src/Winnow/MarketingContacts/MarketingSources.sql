-- name: split
select marketing_source as type, marketing_source_id as id, count(*) as contacts
from contacts
where account_id = @accountId and marketing
group by marketing_source, marketing_source_id
order by count(*) desc, marketing_source, marketing_source_id
limit @most;
