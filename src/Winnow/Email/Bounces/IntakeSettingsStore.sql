-- name: read
select keep_days, by_address from intake_settings where account_id = @accountId;

-- name: save
insert into intake_settings (account_id, keep_days, by_address) values (@accountId, @KeepDays, @ByAddress)
on conflict (account_id) do update set keep_days = excluded.keep_days, by_address = excluded.by_address;
