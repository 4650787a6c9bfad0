-- name: names
select true as is_list, id, name from lists where account_id = @accountId and id in @lists and kind <> 'SELECTION'
union all
select false, id, name from marketing_emails where account_id = @accountId and id in @emails;

-- name: choices
select is_list, id, name from (select true as is_list, id, name from lists where account_id = @accountId and kind <> 'SELECTION' and deleted_at is null order by name_key limit 2000) l
union all
select is_list, id, name from (select false as is_list, id, name from marketing_emails where account_id = @accountId and state <> 'draft' order by sent_at desc limit 500) e;
