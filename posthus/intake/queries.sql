-- name: add_source
-- a new source, as it is stored
insert into posthus.source (workspace_id, kind, provider, name, token, address, secret, settings)
values (
  %(workspace_id)s, %(kind)s, %(provider)s, %(name)s, %(token)s, %(address)s, %(secret)s, %(settings)s::text::jsonb
)
returning id

-- name: replace_secret
-- what protects a webhook source from now on
update posthus.source set secret = %(secret)s, token = %(token)s
where workspace_id = %(workspace_id)s and id = %(source_id)s

-- name: keep_former
-- what protected it before, for a while
insert into posthus.source_former (source_id, workspace_id, secret, token, until)
values (%(source_id)s, %(workspace_id)s, %(secret)s, %(token)s, %(until)s)
on conflict (source_id) do update
set secret = excluded.secret, token = excluded.token, until = excluded.until

-- name: forget_former
-- nothing that protected it before is good any longer
delete from posthus.source_former where workspace_id = %(workspace_id)s and source_id = %(source_id)s

-- name: change_source
-- rename, switch or set; an absent value leaves the column as it is
update posthus.source
set name = coalesce(%(name)s::text, name),
  enabled = coalesce(%(enabled)s::boolean, enabled),
  settings = settings || %(settings)s::text::jsonb
where workspace_id = %(workspace_id)s and id = %(source_id)s

-- name: sources
-- every source of a workspace
select * from posthus.source_row where workspace_id = %(workspace_id)s order by name

-- name: source_by_id
-- one source of a workspace
select * from posthus.source_row where workspace_id = %(workspace_id)s and id = %(source_id)s

-- name: source_by_name
-- a source by its name, else by its number
select * from posthus.source_row
where workspace_id = %(workspace_id)s and (name = %(name)s or id::text = %(name)s)
order by name = %(name)s desc limit 1

-- name: source_by_token
-- the webhook source behind an address under /in/, which may be the one it had before
select r.* from (
  select id from posthus.source where token = %(token)s
  union all
  select source_id from posthus.source_former where token = %(token)s and until > now()
) as found
join posthus.source_row as r on r.id = found.id
where r.kind = 'webhook' and r.enabled
limit 1

-- name: source_by_address
-- the source that mail for an address belongs to; an exact match wins over the base address
select * from posthus.source_row
where address in (%(address)s, %(base)s) and enabled
order by address = %(address)s desc limit 1

-- name: enabled_sources
-- every source that something may be sent to now, of all workspaces
select * from posthus.source_row where enabled and (token is not null or address is not null) order by id

-- name: arrivals
-- what each source of a workspace has sent
select s.id as source_id, e.received, e.last_event_id
from posthus.source as s
cross join lateral (
  select count(*) as received, (
    select last.id from posthus.event as last where last.source_id = s.id order by last.id desc limit 1
  ) as last_event_id
  from posthus.event as every where every.source_id = s.id
) as e
where s.workspace_id = %(workspace_id)s

-- name: receive_events
-- store and queue a group of deliveries; answers those that another event stands for
select place, event_id
from posthus.receive_events(%(events)s::jsonb, %(bodies)b::bytea, %(lock_class)s::integer, %(lock)s::integer)

-- name: receive_events_soon
-- the same without waiting for the disk; `kept` waits
select place, event_id
from posthus.receive_events_soon(%(events)s::jsonb, %(bodies)b::bytea, %(lock_class)s::integer, %(lock)s::integer)

-- name: kept
-- which deliveries are there; this commit's sync covers them and all that was committed with them
select g.place, pg_catalog.pg_logical_emit_message(true, 'posthus', '') as written
from jsonb_to_recordset(%(deliveries)s::text::jsonb) as g (place integer, source_id bigint, key text)
where (
  select true from posthus.dedupe as o where o.source_id = g.source_id and o.key = decode(g.key, 'hex')
  limit 1  -- by the index, one by one: joined, the whole table would be read
)

-- name: write_something
-- a word that says nothing: a commit that wrote nothing would not wait for the disk, and so for nobody's commit before
select pg_catalog.pg_logical_emit_message(true, 'posthus', '') as written

-- name: add_events
-- store events that are not there; `bodies` holds every body, one after the other, `start` is where each begins (from 1)
insert into posthus.event (id, workspace_id, source_id, kind, state, headers, envelope, codec, size, digest, body)
select e.id, e.workspace_id, e.source_id, e.kind, e.state, e.headers, e.envelope, e.codec, e.size,
  decode(e.digest, 'hex'), substring(%(bodies)b::bytea from e.start for e.length)
from jsonb_to_recordset(%(events)s::text::jsonb) as e (
  id uuid, workspace_id bigint, source_id bigint, kind text, state text, headers jsonb, envelope jsonb,
  codec smallint, size integer, digest text, start integer, length integer
)
on conflict (id) do nothing
returning id

-- name: add_seen_mail
-- remember mail for ever; answers what was not known before
insert into posthus.seen_mail (workspace_id, source_id, digest, event_id)
select m.workspace_id, m.source_id, decode(m.digest, 'hex'), m.event_id
from jsonb_to_recordset(%(mails)s::text::jsonb) as m (
  workspace_id bigint, source_id bigint, digest text, event_id uuid
)
order by m.source_id, m.digest  -- two imports of the same mail wait for each other, never in a circle
on conflict (source_id, digest) do nothing
returning source_id, digest, event_id

-- name: seen_mail
-- the events of mail that is known
select s.source_id, s.digest, s.event_id
from jsonb_to_recordset(%(mails)s::text::jsonb) as m (source_id bigint, digest text)
join posthus.seen_mail as s on s.source_id = m.source_id and s.digest = decode(m.digest, 'hex')

-- name: progress_of
-- how far the import of one file has come, where it was not finished
select fingerprint, position, messages
from posthus.import_progress
where source_id = %(source_id)s and path = %(path)s and finished_at is null

-- name: save_progress
-- how far the import of one file has come
insert into posthus.import_progress (workspace_id, source_id, path, fingerprint, position, messages, finished_at)
values (
  %(workspace_id)s, %(source_id)s, %(path)s, %(fingerprint)s, %(position)s, %(messages)s,
  case when %(finished)s::boolean then now() end
)
on conflict (source_id, path) do update
set fingerprint = excluded.fingerprint, position = excluded.position, messages = excluded.messages,
  finished_at = excluded.finished_at, updated_at = now()

-- name: workspace_of
-- whose source it is
select workspace_id from posthus.source where id = %(source_id)s

-- name: alive
-- nothing, from a database that answers
select 1

-- name: writable
-- whether this server takes writes: not a standby, not switched to read-only
select current_setting('transaction_read_only') = 'off' as writable
