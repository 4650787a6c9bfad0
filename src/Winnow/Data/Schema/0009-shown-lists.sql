create view shown_lists as                 -- the lists of people; one whose job ended before it was filled is STOPPED
select account_id, id, name, name_key, kind, filter, time_zone, created_by, created_at, updated_at, filters_updated_at, built_at,
       case when state = 'PROCESSING' and not exists (
              select 1 from jobs j
              where j.account_id = lists.account_id and j.kind = 'BuildLists' and j.outcome is null and j.id = coalesce(lists.build_job_id, j.id))
            then 'STOPPED' else state end as state
from lists
where deleted_at is null and kind <> 'SELECTION';
