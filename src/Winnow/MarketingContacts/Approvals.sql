-- name: all
select m.id, m.origin, m.words, m.title, m.selection_id, m.asked, m.reason_type, m.reason_id, m.asked_by, u.name as asked_by_name, m.asked_at, m.decision, d.name as decided_by_name, m.decided_at, m.why, m.job_id
from marketing_approvals m
left join users u on u.id = m.asked_by
left join users d on d.id = m.decided_by
where m.account_id = @accountId
order by case when m.decision is null then 0 else 1 end, case when m.decision is null then m.id else -m.id end
limit @take;

-- name: find
select m.id, m.origin, m.words, m.title, m.selection_id, m.asked, m.reason_type, m.reason_id, m.asked_by, u.name as asked_by_name, m.asked_at, m.decision, d.name as decided_by_name, m.decided_at, m.why, m.job_id
from marketing_approvals m
left join users u on u.id = m.asked_by
left join users d on d.id = m.decided_by
where m.account_id = @accountId and m.id = @id;

-- name: hold
select id from marketing_approvals where account_id = @accountId and id = @id $lock;

-- name: decide
update marketing_approvals set decision = @decision, decided_by = @userId, decided_at = @now, why = @why, job_id = @jobId, tell_at = null where account_id = @accountId and id = @id;

-- name: due
select account_id, id from marketing_approvals where tell_at <= @now order by account_id, id;

-- name: told
update marketing_approvals set tell_at = null where account_id = @accountId and id = @id and tell_at is not null;
