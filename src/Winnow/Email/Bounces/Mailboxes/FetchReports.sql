-- name: next
select account_id, id, failures from mailboxes where next_at <= @now and lease_until < @now order by next_at, account_id, id limit 1;

-- name: claim
update mailboxes set lease_owner = @owner, lease_until = @until where account_id = @AccountId and id = @Id and next_at <= @now and lease_until < @now;

-- name: known
select mail from mailbox_mails where account_id = @AccountId and mailbox_id = @Id;

-- name: taken
update mailboxes set taken = taken + @count, lease_until = @until where account_id = @AccountId and id = @Id and lease_owner = @owner;

-- name: note
insert into mailbox_mails (account_id, mailbox_id, mail) values (@AccountId, @Id, @Key) on conflict (account_id, mailbox_id, mail) do nothing;

-- name: forget
delete from mailbox_mails where account_id = @AccountId and mailbox_id = @Id and mail in @keys;

-- name: done
update mailboxes set checked_at = @now, next_at = @nextAt, failures = 0, problem = null, said = null, lease_owner = null, lease_until = 0
where account_id = @AccountId and id = @Id and lease_owner = @owner;

-- name: failed
update mailboxes set checked_at = @now, next_at = @nextAt, failures = failures + 1, problem = @problem, said = @said, lease_owner = null, lease_until = 0
where account_id = @AccountId and id = @Id and lease_owner = @owner;
