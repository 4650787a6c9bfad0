-- Which sheet of a workbook is imported: the workbook waits beside its text until the import is started.

alter table imports add column workbook_id bigint;     -- its file; null where there is nothing to choose
alter table imports add column sheets text;            -- the names of its sheets, as a JSON array
