-- name: all
select rule, verdict, reason, count(*) as decided, sum(case when overruled = 'unbounced' then 1 else 0 end) as unbounced, sum(case when overruled = 'dead' then 1 else 0 end) as dead
from inbox
where account_id = @accountId and kind = 'bounce' and state = 'done' and received_at >= @since
group by rule, verdict, reason;

-- name: page
select i.id, i.received_at, i.contact_id, i.email_id, e.name as email_name, i.verdict, i.effect, i.decisive, i.overruled
from inbox i left join marketing_emails e on e.account_id = i.account_id and e.id = i.email_id
where i.account_id = @accountId and i.kind = 'bounce' and i.state = 'done' and i.received_at >= @since
  and i.rule = @rule and (@all or i.overruled = @overruled) and (i.received_at < @at or i.received_at = @at and i.id < @below)
order by i.received_at desc, i.id desc limit @limit;
