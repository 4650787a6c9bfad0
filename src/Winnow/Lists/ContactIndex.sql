-- name: hits
select contact_id from contact_words where account_id = @accountId and word >= @word and word < @end group by contact_id limit @limit;
