-- name: stage_numbers
-- per stage how much came, went, waits and failed; counts only what lies beyond the cursors
select c.stage, sum(c.done)::bigint as done, sum(waiting.count)::bigint as backlog,
  coalesce(extract(epoch from now() - min(waiting.since)), 0)::float8 as oldest_seconds,
  (select count(*) from posthus.retry as r where r.stage = c.stage) as retrying,
  (select count(*) from posthus.buried as b where b.stage = c.stage) as buried
from posthus.cursor as c
cross join lateral (
  select count(*) as count, min(l.appended_at) as since
  from posthus.log as l where l.topic = c.topic and l.part = c.part and l.id > c.position
) as waiting
group by c.stage
order by c.stage;
