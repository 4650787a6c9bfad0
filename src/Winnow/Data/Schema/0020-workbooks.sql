-- Imports of Excel workbooks: they are stored as text (UTF-8, commas).

alter table imports add column source text not null default 'csv';         -- csv, mixed (two encodings at once), xlsx
alter table imports add column sheet text;                                  -- the sheet that was read
