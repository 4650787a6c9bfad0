-- name: changed-once
select count(*) from (
  select contact_id from contact_history
  where account_id = @AccountId and contact_id in @ids and source = 'IMPORT' and source_id = @SourceId
  group by contact_id
  having count(*) = 1
) once
where not exists (
  select 1 from contacts c
  where c.account_id = @AccountId and c.id = once.contact_id and c.source = 'IMPORT' and c.source_id = @SourceId);
