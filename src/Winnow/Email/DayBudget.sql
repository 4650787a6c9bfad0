-- name: make
insert into day_budgets (account_id, what, day, used) values (@accountId, @what, @Today, 0) on conflict (account_id, what, day) do nothing;

-- name: hold
select used from day_budgets where account_id = @accountId and what = @what and day = @Today $lock;

-- name: used
select used from day_budgets where account_id = @accountId and what = @what and day = @Today;

-- name: use
update day_budgets set used = used + @count where account_id = @accountId and what = @what and day = @Today;

-- name: accounts-with-old
select distinct account_id from day_budgets where day < @before;

-- name: forget
delete from day_budgets where account_id = @accountId and day < @before;
