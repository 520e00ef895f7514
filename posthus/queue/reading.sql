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

-- name: buried_list
-- what kept failing in a workspace, newest first
select b.id, b.stage, b.source_id, s.name as source_name, b.error, b.attempts, b.buried_at, b.event_id, b.message_id, b.subject
from posthus.buried as b
left join posthus.source as s on s.id = b.source_id
where b.workspace_id = %(workspace_id)s
  and (%(before)s::bigint is null or b.id < %(before)s)
  and (%(stage)s::text is null or b.stage = %(stage)s)
  and (%(source_id)s::bigint is null or b.source_id = %(source_id)s)
order by b.id desc
limit %(limit)s;

-- name: buried_get
-- one buried item
select b.id, b.stage, b.source_id, s.name as source_name, b.error, b.attempts, b.buried_at, b.event_id, b.message_id, b.subject
from posthus.buried as b
left join posthus.source as s on s.id = b.source_id
where b.workspace_id = %(workspace_id)s and b.id = %(id)s;

-- name: buried_replay
-- try buried items again at once, from the first attempt on
with freed as (
  delete from posthus.buried
  where workspace_id = %(workspace_id)s
    and (%(id)s::bigint is null or id = %(id)s)
    and (%(stage)s::text is null or stage = %(stage)s)
    and (%(source_id)s::bigint is null or source_id = %(source_id)s)
  returning stage, topic, part, workspace_id, source_id, subject
)
insert into posthus.retry (stage, topic, part, workspace_id, source_id, subject)
select distinct on (stage, subject) stage, topic, part, workspace_id, source_id, subject from freed
on conflict (stage, subject) do update set attempts = 0, run_at = now();

-- name: buried_drop
-- give up on a buried item
delete from posthus.buried where workspace_id = %(workspace_id)s and id = %(id)s;
