-- name: take
insert into sign_in_tries (what, tries, last_at) values (@what, 1, @now)
on conflict (what) do update set
  tries = case when sign_in_tries.last_at <= @before then 1 when sign_in_tries.tries > @most then sign_in_tries.tries else sign_in_tries.tries + 1 end,
  last_at = case when sign_in_tries.last_at <= @before or sign_in_tries.tries < @most then excluded.last_at else sign_in_tries.last_at end
returning tries;

-- name: forgive
delete from sign_in_tries where what in @what;

-- name: forget
delete from sign_in_tries where last_at < @before;
