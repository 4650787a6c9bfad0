-- name: make
insert into lists (account_id, id, name, name_key, kind, state, created_by, created_at, updated_at, filters_updated_at)
values (@accountId, @id, @name, @nameKey, @kind, 'COMPLETE', @userId, @now, @now, @now);
