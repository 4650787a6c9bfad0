-- name: add
insert into audit_log (account_id, id, at, user_id, origin, action, subject, count, before, after)
values (@accountId, @id, @now, @userId, @origin, @action, @subject, @count, @before, @after);

-- name: page
select l.id, l.at, l.user_id, u.name as user_name, l.origin, l.action, l.subject, l.count, l.before, l.after
from audit_log l left join users u on u.id = l.user_id
where l.account_id = @accountId and l.id < @below and (@anyone or l.user_id = @userId) and (@anything or l.action = @action) and l.at >= @from and l.at < @until
order by l.id desc
limit @limit;
