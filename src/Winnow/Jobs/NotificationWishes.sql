-- name: of-user
select kind, bell, mail from notification_wishes where account_id = @accountId and user_id = @userId;

-- name: save
insert into notification_wishes (account_id, user_id, kind, bell, mail) values (@accountId, @userId, @Kind, @Bell, @mail)
on conflict (account_id, user_id, kind) do update set bell = excluded.bell, mail = excluded.mail;
