-- name: create
insert into files (account_id, id, name, size, pieces, created_by, created_at, expires_at) values (@accountId, @id, @name, 0, 0, @userId, @now, @expiresAt);

-- name: grow
update files set size = size + @size, pieces = pieces + 1 where account_id = @accountId and id = @id returning pieces - 1;

-- name: append
insert into file_pieces (account_id, file_id, piece, bytes) values (@accountId, @id, @piece, @bytes);

-- name: delete-pieces
delete from file_pieces where account_id = @accountId and file_id = @id;

-- name: delete
delete from files where account_id = @accountId and id = @id and expired_at is null;

-- name: find
select account_id, id, name, size, created_at from files where account_id = @accountId and id = @id and expired_at is null;

-- name: piece
select bytes from file_pieces where account_id = @AccountId and file_id = @Id and piece = @piece;

-- name: expire
update files set size = 0, pieces = 0, expired_at = @now where account_id = @accountId and id = @id;

-- name: keep-until
update files set expires_at = @until where account_id = @accountId and id = @id;

-- name: forget-drafts
delete from imports where account_id = @accountId and file_id = @id and job_id is null;

-- name: old
select f.account_id, f.id from files f
where f.expired_at is null and (f.created_at < @before or f.expires_at <= @now)
  and not exists (select 1 from jobs j where j.account_id = f.account_id and j.outcome is null and j.kind in ('ImportContacts', 'UndoEdit', 'UndoMove', 'ExportContacts', 'ExportOptOuts', 'ExportReport', 'ImportOptOuts', 'UndoImport', 'ExportPassport', 'ImportPassport'));

-- name: next
select account_id, id, name, size, created_at from files where account_id = @accountId and id > @after and expired_at is null order by id limit 1;

-- name: busy
select exists (select 1 from jobs where account_id = @accountId and outcome is null and kind in ('ImportContacts', 'UndoEdit', 'UndoMove', 'ExportContacts', 'ExportOptOuts', 'ExportReport', 'ImportOptOuts', 'UndoImport', 'ExportPassport', 'ImportPassport'));
