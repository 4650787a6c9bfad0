-- name: made-just-now
select id from contacts where account_id = @accountId and created_at >= @since and source = @Source and source_id = @SourceId and coalesce(email_key, '') = @key
order by created_at desc, id desc limit 20;

-- name: changed-since
select changes, before from contact_history where account_id = @AccountId and contact_id = @Id and version > @version order by version desc;
