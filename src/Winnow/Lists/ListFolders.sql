-- name: all
select id, parent_id, name from list_folders where account_id = @accountId order by name_key, id;

-- name: create
insert into list_folders (account_id, id, parent_id, name, name_key, created_by, created_at)
values (@accountId, @id, @parentId, @name, @nameKey, @userId, @now);

-- name: change
update list_folders set parent_id = @parentId, name = @name, name_key = @nameKey where account_id = @accountId and id = @id;

-- name: delete
delete from list_folders where account_id = @accountId and id = @id;

-- name: folders-up
update list_folders set parent_id = @ParentId where account_id = @accountId and parent_id = @id;

-- name: lists-up
update lists set folder_id = @ParentId where account_id = @accountId and folder_id = @id;

-- name: list
select name, folder_id from shown_lists where account_id = @accountId and id = @listId;

-- name: put
update lists set folder_id = @folderId where account_id = @accountId and id = @listId and deleted_at is null;
