-- name: limits
select per_minute, per_hour from mail_settings where account_id = @accountId $lock;

-- name: forget
delete from send_pace where account_id = @accountId and minute <= @hourAgo;

-- name: used
select coalesce(sum(handed), 0) as last_hour, min(minute) as oldest, coalesce(max(free_at), 0) as free_at
from send_pace
where account_id = @accountId and minute > @hourAgo;

-- name: take
insert into send_pace (account_id, minute, handed, free_at) values (@accountId, @minute, @mails, @freeAt)
on conflict (account_id, minute) do update set handed = send_pace.handed + excluded.handed, free_at = excluded.free_at;
