-- name: create
insert into marketing_emails (account_id, id, name, subject, preview_text, from_name, from_address, html, text, included_lists, excluded_lists, state, created_by, created_at, updated_at)
values (@accountId, @id, @name, '', '', @FromName, @FromAddress, '', '', cast('[]' as $json), cast('[]' as $json), 'draft', @userId, @now, @now);

-- name: find
select account_id, id, name, subject, preview_text, from_name, from_address, html, text, included_lists, excluded_lists, state, job_id, created_by,
       created_at, updated_at, sent_at, resume_at, problem
from marketing_emails
where account_id = @accountId and id = @id;

-- name: page
select account_id, id, name, subject, preview_text, from_name, from_address, '' as html, '' as text, included_lists, excluded_lists, state, job_id, created_by,
       created_at, updated_at, sent_at, resume_at, problem
from marketing_emails
where account_id = @accountId and (lower(name) like @like escape '\' or lower(subject) like @like escape '\')
order by coalesce(sent_at, updated_at) desc, id desc
limit @take offset @skip;

-- name: drafts-that-name
select account_id, id, name, subject, preview_text, from_name, from_address, html, text, included_lists, excluded_lists, state, job_id, created_by,
       created_at, updated_at, sent_at, resume_at, problem
from marketing_emails
where account_id = @accountId and state = 'draft'
  and (lower(subject) like @like escape '\' or lower(preview_text) like @like escape '\' or lower(html) like @like escape '\' or lower(text) like @like escape '\')
order by lower(name), id;

-- name: drafts
select account_id, id, name, subject, preview_text, from_name, from_address, '' as html, '' as text, included_lists, excluded_lists, state, job_id, created_by,
       created_at, updated_at, sent_at, resume_at, problem
from marketing_emails
where account_id = @accountId and state = 'draft'
order by lower(name), id;

-- name: count
select count(*) from marketing_emails
where account_id = @accountId and (lower(name) like @like escape '\' or lower(subject) like @like escape '\');

-- name: save
update marketing_emails set name = @Name, subject = @Subject, preview_text = @PreviewText, from_name = @FromName, from_address = @FromAddress,
  html = @Html, text = @Text, included_lists = cast(@included as $json), excluded_lists = cast(@excluded as $json), updated_at = @now
where account_id = @AccountId and id = @Id and state = 'draft';

-- name: clone
insert into marketing_emails (account_id, id, name, subject, preview_text, from_name, from_address, html, text, included_lists, excluded_lists, state, created_by, created_at, updated_at)
select account_id, @copy, @name, subject, preview_text, from_name, from_address, html, text, included_lists, excluded_lists, 'draft', @userId, @now, @now
from marketing_emails
where account_id = @accountId and id = @id;

-- name: delete-draft
delete from marketing_emails where account_id = @accountId and id = @id and state = 'draft';
