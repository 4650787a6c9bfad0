-- name: find
select account_id, id, portal_id, token is not null as has_token, brought as brought_json, until, job_id, created_at from move_ins where account_id = @accountId and id = @id;

-- name: all
select account_id, id, portal_id, token is not null as has_token, brought as brought_json, until, job_id, created_at from move_ins where account_id = @accountId order by id;

-- name: token
select token from move_ins where account_id = @accountId and id = @id;

-- name: of-portal
select id from move_ins where account_id = @accountId and portal_id = @portal;

-- name: meet
insert into move_ins (account_id, id, portal_id, token, created_by, created_at) values (@accountId, @id, @portal, @token, @userId, @now)
on conflict (account_id, portal_id) do update set token = excluded.token;

-- name: forget
update move_ins set token = null where account_id = @accountId and id = @id and token is not null;

-- name: lock
select account_id, id, portal_id, token is not null as has_token, brought as brought_json, until, job_id, created_at from move_ins where account_id = @accountId and id = @id $lock;

-- name: is-open
select count(*) from jobs where account_id = @accountId and id = @jobId and outcome is null;

-- name: start
update move_ins set job_id = @jobId where account_id = @accountId and id = @id;

-- name: brought
update move_ins set brought = cast(@brought as $json), until = @until where account_id = @accountId and id = @id;

-- name: records
select hubspot_id, record_id from moved_records where account_id = @accountId and portal_id = @portal and kind = @kind and hubspot_id in @ids;

-- name: all-records
select hubspot_id, record_id from moved_records where account_id = @accountId and portal_id = @portal and kind = @kind;

-- name: link
insert into moved_records (account_id, portal_id, kind, hubspot_id, record_id)
select cast(value ->> 'account' as bigint), cast(value ->> 'portal' as bigint), value ->> 'kind', cast(value ->> 'there' as bigint), cast(value ->> 'here' as bigint) from $each(@rows) where true
on conflict (account_id, portal_id, kind, hubspot_id) do update set record_id = excluded.record_id;
