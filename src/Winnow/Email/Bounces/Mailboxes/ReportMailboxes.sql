-- name: all
select id, protocol, host, port, tls, user_name, password, folder, move_to, checked_at, problem, said, taken from mailboxes where account_id = @accountId order by id;

-- name: find
select id, protocol, host, port, tls, user_name, password, folder, move_to, checked_at, problem, said, taken from mailboxes where account_id = @accountId and id = @id;

-- name: count
select count(*) from mailboxes where account_id = @accountId;

-- name: add
insert into mailboxes (account_id, id, protocol, host, port, tls, user_name, password, folder, move_to, created_at, next_at)
values (@accountId, @id, @Protocol, @Host, @Port, @Tls, @UserName, @password, @Folder, @MoveTo, @now, 0);

-- name: change
update mailboxes set protocol = @Protocol, host = @Host, port = @Port, tls = @Tls, user_name = @UserName, password = @password, folder = @Folder, move_to = @MoveTo,
  next_at = 0, failures = 0, problem = null, said = null
where account_id = @accountId and id = @id;

-- name: remove
delete from mailboxes where account_id = @accountId and id = @id;

-- name: forget-mails
delete from mailbox_mails where account_id = @accountId and mailbox_id = @id;

-- name: soon
update mailboxes set next_at = 0 where account_id = @accountId and id = @id;
