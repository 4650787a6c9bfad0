-- name: create
insert into files (account_id, id, name, size, pieces, created_by, created_at) values (@accountId, @id, @name, 0, 0, @userId, @now);

-- name: grow
update files set size = size + @size, pieces = pieces + 1 where account_id = @accountId and id = @id returning pieces - 1;

-- name: append
insert into file_pieces (account_id, file_id, piece, bytes) values (@accountId, @id, @piece, @bytes);

-- name: delete-pieces
delete from file_pieces where account_id = @accountId and file_id = @id;

-- name: delete
delete from files where account_id = @accountId and id = @id;

-- name: find
select account_id, id, name, size, created_at from files where account_id = @accountId and id = @id;

-- name: piece
select bytes from file_pieces where account_id = @AccountId and file_id = @Id and piece = @piece;
