-- name: insert_stage_samples
-- one row per stage, as the sampler sees the queue now
insert into posthus.stage_sample (stage, at, appended, done, backlog, oldest_seconds, retrying, buried)
select stage, now(), appended, done, backlog, oldest_seconds, retrying, buried
from jsonb_to_recordset(%(samples)s::jsonb)
  as s (stage text, appended bigint, done bigint, backlog bigint, oldest_seconds real, retrying bigint, buried bigint)
on conflict (stage, at) do nothing;

-- name: recent_samples
-- the samples of the last minutes, oldest first
select stage, at, appended, done, backlog, oldest_seconds::float8 as oldest_seconds
from posthus.stage_sample
where at > now() - %(seconds)s * interval '1 second'
order by at, stage;

-- name: prune_samples
-- samples are for looking at the last day
delete from posthus.stage_sample where at < now() - interval '1 day';

-- name: report_process
-- one row per running process, renewed every few seconds
insert into posthus.process_report (host, pid, role, started_at, processor, memory_bytes, stages, meters)
values (%(host)s, %(pid)s, %(role)s, %(started_at)s, %(processor)s, %(memory_bytes)s, %(stages)s, %(meters)s::jsonb)
on conflict (host, pid) do update set
  role = excluded.role, started_at = excluded.started_at, seen_at = now(), processor = excluded.processor,
  memory_bytes = excluded.memory_bytes, stages = excluded.stages, meters = excluded.meters;

-- name: running_processes
-- processes that reported within the last 20 seconds
select host, pid, role, seen_at, processor::float8 as processor, memory_bytes, stages, meters::text as meters
from posthus.process_report
where seen_at > now() - interval '20 seconds'
order by role, host, pid;

-- name: forget_process
-- a process that ends says so
delete from posthus.process_report where host = %(host)s and pid = %(pid)s;

-- name: prune_processes
-- processes that ended without a word
delete from posthus.process_report where seen_at < now() - interval '10 minutes';

-- name: source_counts
-- per source the proof that nothing is missing: received = stored = filed (+ buried), filed = indexed
select s.id, s.workspace_id, s.name, s.kind, s.provider, s.token, s.address, s.enabled, s.secret is not null as has_secret,
  e.stored, e.last_event_id, m.filed, m.messages, i.indexed, b.buried, b.buried_events
from posthus.source s
cross join lateral (
  select count(*) - (select count(*) from posthus.quarantine as q where q.source_id = s.id) as stored,
    max(id::text)::uuid as last_event_id
  from posthus.event where source_id = s.id
) e
cross join lateral (
  select count(*) as messages, count(distinct event_id) as filed from posthus.message where source_id = s.id
) m
cross join lateral (select count(*) as indexed from posthus.message_indexed where source_id = s.id) i
cross join lateral (
  select count(*) as buried, count(*) filter (where stage = 'file') as buried_events
  from posthus.buried where source_id = s.id
) b
where %(workspace_id)s::bigint is null or s.workspace_id = %(workspace_id)s
order by s.workspace_id, s.id;

-- name: database_bytes
-- how much the database takes on disk
select pg_database_size(current_database()) as bytes;

-- name: unfiled_events
-- events older than ten minutes that are neither filed nor buried, at most a hundred
select count(*) as unfiled from (
  select e.id from posthus.event e
  where e.id < %(before)s
    and not exists (select from posthus.message m where m.source_id = e.source_id and m.event_id = e.id)
    and not exists (select from posthus.buried b where b.event_id = e.id)
    and e.state = 'accepted'
  limit 100
) missing;

-- name: unlinked_messages
-- messages filed more than ten minutes ago that are in no conversation, at most a hundred
select count(*) as unlinked from (
  select m.id from posthus.message m
  where m.filed_at < now() - interval '10 minutes'
    and not exists (select from posthus.conversation_message c where c.message_id = m.id)
    and not exists (select from posthus.buried b where b.message_id = m.id)
  limit 100
) missing;

-- name: ensure_partitions
-- this month's partitions and those of the next two
select posthus.ensure_month(parent, (current_date + step * interval '1 month')::date)
from unnest(array['event', 'message']) as parent, generate_series(0, 2) as step;

-- name: extension_versions
-- which vector and trigram code the database runs
select extname, extversion from pg_catalog.pg_extension where extname in ('vector', 'pg_trgm') order by 1;

-- name: server_facts
-- what the doctor wants to know of the server
select current_setting('server_version_num')::int as version, current_setting('max_connections')::int as max_connections,
  (select count(*) from pg_catalog.pg_stat_activity where datname = current_database())::int as connections,
  coalesce((select extract(epoch from max(now() - xact_start)) from pg_catalog.pg_stat_activity
            where datname = current_database() and state <> 'idle'), 0)::float8 as oldest_transaction_seconds;

-- name: invalid_indexes
-- indexes a failed build left behind
select c.relname from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indexrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'posthus' and not i.indisvalid order by 1;

-- name: bytes_per_message
-- what one message costs on disk, by table
select c.relname as name, coalesce(sum(pg_catalog.pg_total_relation_size(t.relid)), 0)::bigint as bytes
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
cross join lateral (
  select c.oid as relid union all select inhrelid from pg_catalog.pg_inherits where inhparent = c.oid
) t
where n.nspname = 'posthus' and c.relkind in ('r', 'p') and not c.relispartition
group by c.relname order by bytes desc limit 12;

-- name: latencies
-- how long a workspace's newest messages took from being received to each step; imports and replays tell nothing of that
with lately as materialized (
  select m.id, m.filed_at,
    to_timestamp(('x' || left(replace(m.event_id::text, '-', ''), 12))::bit(48)::bigint / 1000.0) as received_at
  from posthus.message as m
  join posthus.source as s on s.id = m.source_id and s.kind <> 'import'
  where m.workspace_id = %(workspace_id)s and m.id >= %(first_id)s
  order by m.id desc
  limit 2000
), steps as (
  select 'filed' as step, 1 as place, extract(epoch from l.filed_at - l.received_at) as seconds from lately as l
  union all
  select 'linked', 2, extract(epoch from c.linked_at - l.received_at)
  from lately as l join posthus.conversation_message as c on c.message_id = l.id where c.linked_at is not null
  union all
  select 'indexed', 3, extract(epoch from i.at - l.received_at)
  from lately as l join posthus.message_indexed as i on i.message_id = l.id
)
select s.step, count(*) as messages,
  percentile_cont(0.5) within group (order by s.seconds)::float8 as p50,
  percentile_cont(0.95) within group (order by s.seconds)::float8 as p95,
  percentile_cont(0.99) within group (order by s.seconds)::float8 as p99
from steps as s
group by s.step, s.place
order by s.place;
