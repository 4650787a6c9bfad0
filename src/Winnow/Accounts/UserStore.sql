-- name: add
insert into users (id, email, email_key, name, password_hash, security_stamp, failed_sign_ins, locked_until, language, theme, two_factor, authenticator_key, created_at)
values (@Id, @Email, @EmailKey, @Name, @PasswordHash, @SecurityStamp, @FailedSignIns, @LockedUntil, @Language, @Theme, @TwoFactor, @AuthenticatorKey, @CreatedAt)
on conflict (email_key) do nothing;

-- name: update
update users set email = @Email, email_key = @EmailKey, name = @Name, password_hash = @PasswordHash, security_stamp = @SecurityStamp,
  failed_sign_ins = @FailedSignIns, locked_until = @LockedUntil, language = @Language, theme = @Theme,
  two_factor = @TwoFactor, authenticator_key = @AuthenticatorKey
where id = @Id;

-- name: delete
delete from users where id = @Id;

-- name: find
select id, email, email_key, name, password_hash, security_stamp, failed_sign_ins, locked_until, language, theme, two_factor, authenticator_key, created_at
from users where id = @id;

-- name: find-by-email
select id, email, email_key, name, password_hash, security_stamp, failed_sign_ins, locked_until, language, theme, two_factor, authenticator_key, created_at
from users where email_key = @emailKey;

-- name: accounts
select account_id from account_users where user_id = @Id and deactivated_at is null order by account_id;

-- name: count-failure
update users set failed_sign_ins = failed_sign_ins + 1 where id = @Id returning failed_sign_ins;

-- name: spend-code
update users set last_code = @code where id = @Id and (last_code is null or last_code <> @code);
