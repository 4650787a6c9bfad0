-- name: names
select true as is_list, id, name from lists where account_id = @accountId and id in @lists and kind <> 'SELECTION'
union all
select false, id, name from marketing_emails where account_id = @accountId and id in @emails;

-- name: lists
select id, name from lists
where account_id = @accountId and kind <> 'SELECTION' and deleted_at is null and name_key like @like escape '\'
order by name_key, id
limit @take;

-- name: emails
select id, name from marketing_emails
where account_id = @accountId and state <> 'draft' and lower(name) like @like escape '\'
order by sent_at desc, id desc
limit @take;
