-- How often a counter was taken, ids or none: who looked ahead learns whether anybody had it since (Ids.Hold).

alter table ids add column turns bigint not null default 0;
