-- name: hits
-- A contact with two such words comes twice: taking them together would read every hit of a common word before the first one is out.
select contact_id from contact_words where account_id = @accountId and word >= @word and word < @end limit @limit;
