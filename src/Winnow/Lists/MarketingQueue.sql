-- name: waiting
select id, selection_id from marketing_approvals where account_id = @accountId and origin = @Origin and decision is null $lock;

-- name: more
update marketing_approvals set asked = asked + @added, tell_at = case when tell_at is null then null else cast(@tellAt as bigint) end where account_id = @accountId and id = @Id;

-- name: of
select max(id) from marketing_approvals where account_id = @accountId and origin = @origin;

-- name: add
insert into marketing_approvals (account_id, id, origin, words, title, selection_id, asked, reason_type, reason_id, asked_by, asked_at, tell_at)
values (@accountId, @id, @Origin, @Words, @Title, @selectionId, @contacts, @ReasonType, @ReasonId, @AskedBy, @now, @tellAt);
