-- name: create
insert into imports (account_id, id, name, file_id, file_name, encoding, delimiter, quote, bom, lines, columns, created_by, created_at, source, sheet, workbook_id, sheets)
values (@accountId, @id, @name, @FileId, @fileName, @Encoding, @delimiter, @quote, @bom, @Lines, cast('[]' as $json), @userId, @now, @Source, @Sheet, @WorkbookId, @sheets);

-- name: find
select account_id, id, name, file_id, file_name, encoding, delimiter, bom, lines, columns as columns_json,
       marketing, seen_id, list_id, rejected_file_id, job_id, created_by, created_at, quote, source, sheet, deeds, by_email, clears, workbook_id, sheets as sheets_json
from imports
where account_id = @accountId and id = @id;

-- name: lock
select account_id, id, name, file_id, file_name, encoding, delimiter, bom, lines, columns as columns_json,
       marketing, seen_id, list_id, rejected_file_id, job_id, created_by, created_at, quote, source, sheet, deeds, by_email, clears, workbook_id, sheets as sheets_json
from imports
where account_id = @accountId and id = @id
$lock;

-- name: latest
select account_id, id, name, file_id, file_name, encoding, delimiter, bom, lines, columns as columns_json,
       marketing, seen_id, list_id, rejected_file_id, job_id, created_by, created_at, quote, source, sheet, deeds, by_email, clears, workbook_id, sheets as sheets_json
from imports
where account_id = @accountId
order by id desc
limit @count;

-- name: start
update imports set name = @name, columns = cast(@columns as $json), marketing = @marketing, seen_id = @seenId, list_id = @listId, job_id = @jobId, deeds = @deeds, by_email = @ByEmail, clears = @Clears, texts = @texts
where account_id = @accountId and id = @id;

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
