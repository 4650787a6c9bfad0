-- name: read
select verdict, deed, times, days from bounce_policies where account_id = @accountId;

-- name: forget
delete from bounce_policies where account_id = @accountId;

-- name: add
insert into bounce_policies (account_id, verdict, deed, times, days) values (@accountId, @verdict, @deed, @Times, @Days);
