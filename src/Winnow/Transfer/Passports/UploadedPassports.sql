-- name: create
insert into passports (account_id, id, file_id, file_name, from_name, signer, made_at, addresses, opted_out, complained, bounced, created_by, created_at)
values (@accountId, @id, @fileId, @fileName, @from, @signer, @made, @Addresses, @OptedOut, @Complained, @Bounced, @userId, @now);

-- name: find
select account_id, id, file_id, file_name, from_name, signer, made_at, addresses, opted_out, complained, bounced, job_id, created_by, created_at
from passports
where account_id = @accountId and id = @id;

-- name: lock
select account_id, id, file_id, file_name, from_name, signer, made_at, addresses, opted_out, complained, bounced, job_id, created_by, created_at
from passports
where account_id = @accountId and id = @id
$lock;

-- name: latest
select account_id, id, file_id, file_name, from_name, signer, made_at, addresses, opted_out, complained, bounced, job_id, created_by, created_at
from passports
where account_id = @accountId
order by id desc
limit @count;

-- name: start
update passports set job_id = @jobId where account_id = @accountId and id = @id;

-- name: forget
delete from passports where account_id = @AccountId and id = @Id and job_id is null;
