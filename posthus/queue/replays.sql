-- name: ask_replay
-- have a stage do history again
insert into posthus.replay (workspace_id, stage, source_id, since, requested_by, after_id)
values (%(workspace_id)s, %(stage)s, %(source_id)s, %(since)s, %(requested_by)s, %(after_id)s)
returning id;

-- name: next_replay
-- the oldest replay that is not listed to its end, or one of them; held until the transaction ends
select r.id, r.workspace_id, r.stage, r.source_id, r.after_id
from posthus.replay as r
where r.listed_at is null and (%(id)s::bigint is null or r.id = %(id)s)
order by r.id
limit 1
for update of r skip locked;

-- name: advance_replay
-- so many more were put into the log, the last of them after_id; none more means that it is listed
update posthus.replay set total = total + %(count)s, after_id = coalesce(%(after_id)s, after_id),
  first_log_id = coalesce(first_log_id, %(first_log_id)s), last_log_id = %(last_log_id)s,
  listed_at = case when %(count)s = 0 then now() end
where id = %(id)s;

-- name: newest_log_id
-- the newest id that was drawn, 0 where none was
select case when is_called then last_value else 0 end from posthus.log_id;

-- name: replays
-- the newest replays of a workspace and how much of each still waits in the log
select r.id, r.stage, r.source_id, s.name as source_name, r.since, r.requested_by, r.requested_at, r.total,
  r.listed_at is not null as listed, waiting.count as waiting
from (
  select * from posthus.replay
  where workspace_id = %(workspace_id)s and (%(id)s::bigint is null or id = %(id)s)
  order by id desc limit %(limit)s
) as r
left join posthus.source as s on s.id = r.source_id
cross join lateral (
  select count(*) as count
  from posthus.cursor as c
  join posthus.log as l on l.topic = c.topic and l.part = c.part and l.id > greatest(c.position, r.first_log_id)
    and l.id <= r.last_log_id
  where c.stage = r.stage and c.part >= %(first_again)s and l.workspace_id = r.workspace_id
    and (r.source_id is null or l.source_id = r.source_id)
) as waiting
order by r.id desc;
