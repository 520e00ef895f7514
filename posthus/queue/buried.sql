-- name: buried_list
-- what kept failing in a workspace, newest first
select b.id, b.stage, b.source_id, s.name as source_name, b.error, b.attempts, b.buried_at, b.event_id, b.message_id,
  b.history::text as story
from posthus.buried as b
left join posthus.source as s on s.id = b.source_id
where b.workspace_id = %(workspace_id)s
  and (%(id)s::bigint is null or b.id = %(id)s)
  and (%(stage)s::text is null or b.stage = %(stage)s)
  and (%(source_id)s::bigint is null or b.source_id = %(source_id)s)
  and (%(error)s::text is null or strpos(lower(b.error), lower(%(error)s)) > 0)
  and (%(since)s::timestamptz is null or b.buried_at >= %(since)s)
  and (%(before)s::bigint is null or b.id < %(before)s)
order by b.id desc
limit %(limit)s;

-- name: buried_count
-- how many buried items a filter means
select count(*) from posthus.buried as b
where b.workspace_id = %(workspace_id)s
  and (%(id)s::bigint is null or b.id = %(id)s)
  and (%(stage)s::text is null or b.stage = %(stage)s)
  and (%(source_id)s::bigint is null or b.source_id = %(source_id)s)
  and (%(error)s::text is null or strpos(lower(b.error), lower(%(error)s)) > 0)
  and (%(since)s::timestamptz is null or b.buried_at >= %(since)s);

-- name: buried_replay
-- try buried items again, from the first attempt on; several at once are bulk work
with freed as (
  delete from posthus.buried as b
  where b.workspace_id = %(workspace_id)s
    and (%(id)s::bigint is null or b.id = %(id)s)
    and (%(stage)s::text is null or b.stage = %(stage)s)
    and (%(source_id)s::bigint is null or b.source_id = %(source_id)s)
    and (%(error)s::text is null or strpos(lower(b.error), lower(%(error)s)) > 0)
    and (%(since)s::timestamptz is null or b.buried_at >= %(since)s)
  returning b.stage, b.topic, case when %(id)s::bigint is null and b.part < 16 then %(first_again)s + b.part else b.part end as part,
    b.workspace_id, b.source_id, b.subject, b.history
)
insert into posthus.retry (stage, topic, part, workspace_id, source_id, subject, history)
select distinct on (stage, subject) stage, topic, part, workspace_id, source_id, subject, history from freed
on conflict (stage, subject) do update set attempts = 0, run_at = now();

-- name: buried_drop
-- give up on buried items; their events stay
delete from posthus.buried as b
where b.workspace_id = %(workspace_id)s
  and (%(id)s::bigint is null or b.id = %(id)s)
  and (%(stage)s::text is null or b.stage = %(stage)s)
  and (%(source_id)s::bigint is null or b.source_id = %(source_id)s)
  and (%(error)s::text is null or strpos(lower(b.error), lower(%(error)s)) > 0)
  and (%(since)s::timestamptz is null or b.buried_at >= %(since)s);

-- name: lift
-- of what a stage is to do again: what is buried or waits for its next try is tried at once, with its story
with wanted as materialized (
  select w.subject from jsonb_to_recordset(%(jobs)s::jsonb) as w (subject uuid)
), freed as (
  delete from posthus.buried as b using wanted as w
  where b.stage = %(stage)s and b.subject = w.subject
  returning b.stage, b.topic, b.part, b.workspace_id, b.source_id, b.subject, b.history
), lifted as (
  insert into posthus.retry (stage, topic, part, workspace_id, source_id, subject, history)
  select distinct on (subject) stage, topic, part, workspace_id, source_id, subject, history from freed
  on conflict (stage, subject) do update set attempts = 0, run_at = now()
  returning subject
), hurried as (
  update posthus.retry as r set attempts = 0, run_at = now() from wanted as w
  where r.stage = %(stage)s and r.subject = w.subject and r.subject not in (select subject from freed)
  returning r.subject
)
select subject from lifted union all select subject from hurried;
