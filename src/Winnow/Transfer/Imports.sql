-- name: create
insert into imports (account_id, id, name, file_id, file_name, encoding, delimiter, quote, bom, lines, columns, created_by, created_at, source, sheet, workbook_id, sheets)
values (@accountId, @id, @name, @FileId, @fileName, @Encoding, @delimiter, @quote, @bom, @Lines, cast('[]' as $json), @userId, @now, @Source, @Sheet, @WorkbookId, @sheets);

-- name: find
select account_id, id, name, file_id, file_name, encoding, delimiter, bom, lines, columns as columns_json,
       marketing, seen_id, list_id, rejected_file_id, job_id, created_by, created_at, quote, source, sheet, deeds, by_email, clears, workbook_id, sheets as sheets_json, marketing_known
from imports
where account_id = @accountId and id = @id;

-- name: lock
select account_id, id, name, file_id, file_name, encoding, delimiter, bom, lines, columns as columns_json,
       marketing, seen_id, list_id, rejected_file_id, job_id, created_by, created_at, quote, source, sheet, deeds, by_email, clears, workbook_id, sheets as sheets_json, marketing_known
from imports
where account_id = @accountId and id = @id
$lock;

-- name: latest
select account_id, id, name, file_id, file_name, encoding, delimiter, bom, lines, columns as columns_json,
       marketing, seen_id, list_id, rejected_file_id, job_id, created_by, created_at, quote, source, sheet, deeds, by_email, clears, workbook_id, sheets as sheets_json, marketing_known
from imports
where account_id = @accountId
order by id desc
limit @count;

-- name: start
update imports set name = @name, columns = cast(@columns as $json), marketing = @marketing, seen_id = @seenId, list_id = @listId, job_id = @jobId, deeds = @deeds, by_email = @ByEmail, clears = @Clears, texts = @texts, marketing_known = @MarketingKnown
where account_id = @accountId and id = @id;

-- name: begun
select i.account_id, i.id, i.name, i.file_id, i.file_name, i.encoding, i.delimiter, i.bom, i.lines, i.columns as columns_json,
       i.marketing, i.seen_id, i.list_id, i.rejected_file_id, i.job_id, i.created_by, i.created_at, i.quote, i.source, i.sheet, i.deeds, i.by_email, i.clears, i.workbook_id, i.sheets as sheets_json
from imports i join jobs j on j.account_id = i.account_id and j.id = i.job_id
where i.account_id = @AccountId and i.id < @Id and i.file_name = @FileName and i.lines = @Lines and j.outcome is null and not j.cancel_asked and j.paused_at is null and j.kind = 'ImportContacts'
order by i.id desc limit 1;

-- name: forget-workbook
update imports set workbook_id = null where account_id = @AccountId and id = @Id;

-- name: choose-sheet
update imports set file_id = @FileId, lines = @Lines, sheet = @Sheet where account_id = @AccountId and id = @Id and job_id is null and file_id = @before;

-- name: rejected-file
select rejected_file_id, texts from imports where account_id = @AccountId and id = @Id;

-- name: set-rejected-file
update imports set rejected_file_id = @fileId where account_id = @AccountId and id = @Id;

-- name: reformat
update imports set encoding = @encoding, delimiter = @delimiter, quote = @quote where account_id = @AccountId and id = @Id and job_id is null;
