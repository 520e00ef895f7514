-- name: lock_topic
-- One writer per topic from here to its commit, so that ids appear in the order they were drawn.
select pg_catalog.pg_advisory_xact_lock(%(lock_class)s::integer, %(lock)s::integer)

-- name: append
-- Put jobs at the end of a topic, in the order given.
insert into posthus.log (topic, part, workspace_id, source_id, subject)
select %(topic)s::text, j.part, j.workspace_id, j.source_id, j.subject
from rows from (
  jsonb_to_recordset(%(jobs)s::jsonb) as (part smallint, workspace_id bigint, source_id bigint, subject uuid)
) with ordinality as j (part, workspace_id, source_id, subject, place)
order by j.place

-- name: add_topic
-- A topic that one stage alone follows, once it is needed.
insert into posthus.topic (name, says) values (%(topic)s, %(says)s) on conflict (name) do nothing

-- name: remember
-- Keep the first event of every delivery; answers that event for each, new or known for up to 8 days.
with claimed as materialized (
  select distinct on (c.source_id, c.key) c.source_id, c.key, c.event_id
  from (
    select r.source_id, decode(r.key, 'hex') as key, r.event_id, r.place
    from rows from (
      jsonb_to_recordset(%(claims)s::jsonb) as (source_id bigint, key text, event_id uuid)
    ) with ordinality as r (source_id, key, event_id, place)
  ) as c
  order by c.source_id, c.key, c.place
), known as materialized (
  select c.source_id, c.key, c.event_id, d.event_id as earlier
  from claimed as c
  left join lateral (
    select o.event_id from posthus.dedupe as o
    where o.source_id = c.source_id and o.key = c.key and o.day >= posthus.today() - 8
    order by o.day limit 1
  ) as d on true
), added as (
  insert into posthus.dedupe (day, source_id, key, event_id)
  select posthus.today(), k.source_id, k.key, k.event_id from known as k where k.earlier is null
)
select k.source_id, k.key, coalesce(k.earlier, k.event_id) as event_id from known as k
