-- name: read
select unbounces_a_day, parole, parole_after_days, parole_a_day from second_chances where account_id = @accountId;

-- name: save
insert into second_chances (account_id, unbounces_a_day, parole, parole_after_days, parole_a_day) values (@accountId, @UnbouncesADay, @Parole, @ParoleAfterDays, @ParoleADay)
on conflict (account_id) do update set unbounces_a_day = excluded.unbounces_a_day, parole = excluded.parole, parole_after_days = excluded.parole_after_days, parole_a_day = excluded.parole_a_day;
