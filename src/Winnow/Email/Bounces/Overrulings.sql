-- name: newest
select i.id, i.effect from email_events e join inbox i on i.account_id = e.account_id and i.id = e.inbox_id
where e.account_id = @accountId and e.email_key = @key and e.type = 'BOUNCE' and i.state = 'done' and (@any or i.effect = 'hard')
order by e.at desc, e.id desc limit 1;

-- name: overrule
update inbox set overruled = @overruled where account_id = @accountId and id = @Id;

-- name: revive
update inbox set overruled = null
where account_id = @accountId and overruled = 'dead' and id in (select inbox_id from email_events where account_id = @accountId and email_key = @key and type = 'BOUNCE' and inbox_id is not null);

-- name: event
insert into email_events (account_id, id, at, type, contact_id, email_id, email_key, reason, detail, inbox_id, user_id)
values (@accountId, @id, @At, @Type, @contactId, @emailId, @key, @Reason, @Note, @inboxId, @UserId);

-- name: of
select at, type, reason, detail as note, user_id
from email_events where account_id = @accountId and email_key = @key and type in ('UNBOUNCE', 'MARKEDDEAD')
order by at desc, id desc limit 20;
