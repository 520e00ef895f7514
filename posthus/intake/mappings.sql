-- name: next_mapping
-- a mapping with the next number; two people who save at once wait for each other at the source's row
insert into posthus.source_mapping (source_id, workspace_id, version, mapping, saved_by)
select s.id, s.workspace_id, 1 + coalesce((select max(version) from posthus.source_mapping where source_id = s.id), 0),
  %(mapping)s::text::jsonb, %(saved_by)s
from (
  select id, workspace_id from posthus.source where workspace_id = %(workspace_id)s and id = %(source_id)s for update
) as s
returning version, mapping, saved_at, saved_by

-- name: use_mapping
-- the mapping that filing reads by
update posthus.source set settings = jsonb_set(settings, '{mapping}', %(mapping)s::text::jsonb)
where workspace_id = %(workspace_id)s and id = %(source_id)s

-- name: mappings
-- every mapping a source has had, the newest first
select version, mapping, saved_at, saved_by
from posthus.source_mapping
where workspace_id = %(workspace_id)s and source_id = %(source_id)s
order by version desc limit 100

-- name: mapping
-- one of them
select version, mapping, saved_at, saved_by
from posthus.source_mapping
where workspace_id = %(workspace_id)s and source_id = %(source_id)s and version = %(version)s

-- name: last_events
-- the newest events of a source, for trying a mapping on
select id, headers, envelope, codec, size, body
from posthus.event
where workspace_id = %(workspace_id)s and source_id = %(source_id)s and kind = 'webhook'
order by id desc limit %(limit)s
