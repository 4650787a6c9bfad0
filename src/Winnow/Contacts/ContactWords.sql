-- name: add
insert into contact_words (account_id, contact_id, word) values (@accountId, @Id, @word) on conflict do nothing;

-- name: remove
delete from contact_words where account_id = @accountId and contact_id = @Id and word in @words;

-- name: behind
select account_id from contact_changes group by account_id order by account_id;

-- name: make-cursor
insert into cursors (account_id, follower, change_id) values (@accountId, 'words', 0) on conflict (account_id, follower) do nothing;

-- name: cursor
select change_id, position from cursors where account_id = @accountId and follower = 'words' $lock;

-- name: next
select id, first_contact_id, last_contact_id, contact_ids from contact_changes where account_id = @accountId and id > @ChangeId order by id limit 1;

-- name: clear
delete from contact_words where account_id = @accountId and contact_id in @ids;

-- name: clear-range
delete from contact_words where account_id = @accountId and contact_id >= @from and contact_id <= @upTo;

-- name: move
update cursors set change_id = @changeId, position = @position where account_id = @accountId and follower = 'words';

-- name: drop-followed
delete from contact_changes where account_id = @accountId and id <= @Id;
