-- name: keep_aside
-- events that proved nothing, beside their rows
insert into posthus.quarantine (event_id, workspace_id, source_id, reason, detail, key, size)
select e.event_id, e.workspace_id, e.source_id, e.reason, e.detail, decode(e.key, 'hex'), e.size
from jsonb_to_recordset(%(events)s::text::jsonb) as e (
  event_id uuid, workspace_id bigint, source_id bigint, reason text, detail text, key text, size integer
)
on conflict (event_id) do nothing

-- name: kept_aside
-- what is kept aside, the newest first
select q.event_id, q.source_id, s.name as source, s.provider, q.reason, q.detail, q.size, q.at
from posthus.quarantine as q
join posthus.source as s on s.id = q.source_id
where q.workspace_id = %(workspace_id)s
  and (%(source_id)s::bigint is null or q.source_id = %(source_id)s::bigint)
  and (%(event_ids)s::uuid[] is null or q.event_id = any(%(event_ids)s::uuid[]))
  and (%(before)s::uuid is null or q.event_id < %(before)s::uuid)
order by q.event_id desc limit %(limit)s

-- name: kept_aside_original
-- one of them as it came
select e.headers, e.envelope, e.codec, e.body
from posthus.quarantine as q
join posthus.event as e on e.id = q.event_id
where q.workspace_id = %(workspace_id)s and q.event_id = %(event_id)s

-- name: take_from_quarantine
-- the chosen ones, locked so that two people cannot decide differently
select q.event_id, q.workspace_id, q.source_id, q.key
from posthus.quarantine as q
where q.workspace_id = %(workspace_id)s
  and (%(event_ids)s::uuid[] is null or q.event_id = any(%(event_ids)s::uuid[]))
  and (%(source_id)s::bigint is null or q.source_id = %(source_id)s::bigint)
order by q.event_id limit %(limit)s
for update skip locked

-- name: accept_events
-- they are believed now
update posthus.event set state = 'accepted', envelope = envelope || '{"released": true}'
where id = any(%(event_ids)s::uuid[]) and state = 'quarantined'

-- name: drop_events
-- they are gone
delete from posthus.event where id = any(%(event_ids)s::uuid[]) and state = 'quarantined'

-- name: leave_quarantine
-- they wait for nobody any longer
delete from posthus.quarantine where event_id = any(%(event_ids)s::uuid[])
