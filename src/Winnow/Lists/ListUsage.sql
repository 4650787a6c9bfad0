-- name: following
select id, name, filter from lists
where account_id = @accountId and deleted_at is null and (kind = 'DYNAMIC' or (kind = 'SNAPSHOT' and state = 'PROCESSING'))
order by name_key, id;
