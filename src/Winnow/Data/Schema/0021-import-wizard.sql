-- Imports that are paused, taken back, and told more exactly what to do.

alter table jobs add column paused_at bigint;                         -- since when nobody works on it, because somebody asked for that
alter table jobs add column paused_ms bigint not null default 0;      -- how long it was paused before

alter table imports add column quote text not null default '"';       -- what stands around cells that hold a separator
alter table imports add column deeds text not null default 'both';    -- both, create or update
alter table imports add column by_email boolean not null default false;       -- contacts are found by address even where a column holds record ids
alter table imports add column clears boolean not null default false;         -- an empty cell empties the property
alter table imports add column undo_job_id bigint;
alter table imports add column undone bigint not null default 0;      -- contacts that the undo deleted or gave values back
