-- name: add_source
-- a new source, as it is stored
insert into posthus.source (workspace_id, kind, provider, name, token, address, secret, settings)
values (
  %(workspace_id)s, %(kind)s, %(provider)s, %(name)s, %(token)s, %(address)s, %(secret)s, %(settings)s::text::jsonb
)
returning id, workspace_id, kind, provider, name, token, address, secret, settings, enabled, created_at

-- name: rotate_secret
-- replace what protects a webhook source
update posthus.source set secret = %(secret)s, token = %(token)s
where workspace_id = %(workspace_id)s and id = %(source_id)s

-- name: change_source
-- rename, switch or set; an absent value leaves the column as it is
update posthus.source
set name = coalesce(%(name)s::text, name),
  enabled = coalesce(%(enabled)s::boolean, enabled),
  settings = settings || %(settings)s::text::jsonb
where workspace_id = %(workspace_id)s and id = %(source_id)s
returning id, workspace_id, kind, provider, name, token, address, secret, settings, enabled, created_at

-- name: sources
-- every source of a workspace
select id, workspace_id, kind, provider, name, token, address, secret, settings, enabled, created_at
from posthus.source where workspace_id = %(workspace_id)s order by name

-- name: source_by_id
-- one source of a workspace
select id, workspace_id, kind, provider, name, token, address, secret, settings, enabled, created_at
from posthus.source where workspace_id = %(workspace_id)s and id = %(source_id)s

-- name: source_by_name
-- a source by its name, else by its number
select id, workspace_id, kind, provider, name, token, address, secret, settings, enabled, created_at
from posthus.source
where workspace_id = %(workspace_id)s and (name = %(name)s or id::text = %(name)s)
order by name = %(name)s desc limit 1

-- name: source_by_token
-- the webhook source behind an address under /in/
select id, workspace_id, kind, provider, name, token, address, secret, settings, enabled, created_at
from posthus.source where token = %(token)s and kind = 'webhook' and enabled

-- name: source_by_address
-- the source that mail for an address belongs to; an exact match wins over the base address
select id, workspace_id, kind, provider, name, token, address, secret, settings, enabled, created_at
from posthus.source
where address in (%(address)s, %(base)s) and enabled
order by address = %(address)s desc limit 1

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

