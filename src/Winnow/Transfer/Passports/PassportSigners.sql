-- name: all
select s.account_id, s.id, s.fingerprint, s.name, u.name as added_by, s.added_at
from passport_signers s left join users u on u.id = s.added_by
where s.account_id = @accountId
order by s.name, s.id;

-- name: find
select s.account_id, s.id, s.fingerprint, s.name, u.name as added_by, s.added_at
from passport_signers s left join users u on u.id = s.added_by
where s.account_id = @accountId and s.fingerprint = @fingerprint;

-- name: trust
insert into passport_signers (account_id, id, fingerprint, name, added_by, added_at)
values (@accountId, @id, @fingerprint, @name, @userId, @now)
on conflict (account_id, fingerprint) do nothing;

-- name: remove
delete from passport_signers where account_id = @accountId and id = @id returning name, fingerprint;
