-- name: reports
select id, raw, recipient, named, decisive from inbox
where account_id = @accountId and id > @after and redacted_at is null and state <> 'new' and (contact_id = 0 or named is not null)
order by id limit @limit;

-- name: redact
update inbox set raw = @nothing, redacted_at = @now, recipient = '', named = null, decisive = null where account_id = @accountId and id in @ids;

-- name: is-uploaded-workbook
select exists (select 1 from imports where account_id = @AccountId and workbook_id = @Id);
