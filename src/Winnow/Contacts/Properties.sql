-- name: all
select id, name, label, type, field_type, group_name, description, options, archived_at from properties where account_id = @accountId order by id;

-- name: create
insert into properties (account_id, id, name, label, type, field_type, group_name, description, options, created_at, updated_at)
values (@accountId, @Id, @Name, @Label, @type, @FieldType, @Group, @Description, cast(@options as $json), @now, @now);

-- name: edit
update properties set label = @Label, description = @Description, group_name = @Group, options = cast(@options as $json), updated_at = @now
where account_id = @accountId and id = @Id;

-- name: archive
update properties set archived_at = @archivedAt, updated_at = @now where account_id = @accountId and id = @id;
