-- name: sender
select coalesce(j.created_by, e.created_by)
from marketing_emails e left join jobs j on j.account_id = e.account_id and j.id = e.job_id
where e.account_id = @AccountId and e.id = @EmailId;

-- name: admins
select user_id from account_users where account_id = @AccountId and super_admin and deactivated_at is null order by user_id;
