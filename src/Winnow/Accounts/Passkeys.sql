-- name: save
insert into passkeys (credential_id, user_id, name, public_key, sign_count, transports, is_user_verified, is_backup_eligible, is_backed_up, attestation_object, client_data_json, created_at)
values (@CredentialId, @userId, @name, @PublicKey, @signCount, @transports, @IsUserVerified, @IsBackupEligible, @IsBackedUp, @AttestationObject, @ClientDataJson, @CreatedAt)
on conflict (credential_id) do update set sign_count = excluded.sign_count, is_user_verified = excluded.is_user_verified, is_backed_up = excluded.is_backed_up, last_used_at = @now
where passkeys.user_id = excluded.user_id;

-- name: of-user
select credential_id, user_id, name, public_key, sign_count, transports, is_user_verified, is_backup_eligible, is_backed_up, attestation_object, client_data_json, created_at, last_used_at
from passkeys where user_id = @userId order by created_at;

-- name: find
select credential_id, user_id, name, public_key, sign_count, transports, is_user_verified, is_backup_eligible, is_backed_up, attestation_object, client_data_json, created_at, last_used_at
from passkeys where credential_id = @id;

-- name: rename
update passkeys set name = @name where user_id = @userId and credential_id = @id;

-- name: remove
delete from passkeys where user_id = @userId and credential_id = @id;
