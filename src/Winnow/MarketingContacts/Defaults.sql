-- name: all
select tool, marketing, known from marketing_defaults where account_id = @accountId order by tool;

-- name: save
insert into marketing_defaults (account_id, tool, marketing, known) values (@accountId, @tool, @Marketing, @known)
on conflict (account_id, tool) do update set marketing = excluded.marketing, known = excluded.known;
