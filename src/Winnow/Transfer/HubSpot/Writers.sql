-- name: history
select contact_id, source, source_id, changes from contact_history where account_id = @accountId and contact_id in @ids order by contact_id, version;
