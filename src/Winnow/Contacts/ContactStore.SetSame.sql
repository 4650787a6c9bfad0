-- name: history-of-many
-- Before the contacts are changed: their next version.
insert into contact_history (account_id, contact_id, version, at, source, source_id, user_id, changes, before)
select account_id, id, version + 1, @now, @Source, @SourceId, @UserId, @after, @before from contacts where account_id = @accountId and id in @ids;
