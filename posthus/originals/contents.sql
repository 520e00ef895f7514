-- name: hold_contents
-- Which of these contents are in the database; nobody drops them until the transaction ends.
select b.sha256 from posthus.blob b
where b.workspace_id = %(workspace_id)s and b.sha256 = any(%(contents)s::bytea[]) and b.object is null
order by b.sha256
for key share

-- name: save_contents
-- Contents that are new to the workspace, each once, in order; what was moved out is here again.
insert into posthus.blob (workspace_id, sha256, codec, size, body)
select %(workspace_id)s, b.sha256, b.codec, b.size, b.body
from unnest(%(contents)b::bytea[], %(codecs)s::smallint[], %(sizes)s::int[], %(bodies)b::bytea[])
  as b (sha256, codec, size, body)
order by b.sha256
on conflict (workspace_id, sha256) do update
set codec = excluded.codec, size = excluded.size, body = excluded.body, object = null, object_size = null, kept_at = now()
where blob.object is not null

-- name: read_contents
-- What some contents are, or where in the store they lie.
select b.sha256, b.codec, b.body, b.object from posthus.blob b
where b.workspace_id = %(workspace_id)s and b.sha256 = any(%(contents)s::bytea[])

-- name: need_contents
-- Which originals need which contents.
insert into posthus.original_piece (workspace_id, event_id, sha256)
select distinct x.workspace_id, x.event_id, decode(x.digest, 'hex')
from jsonb_to_recordset(%(needs)s::text::jsonb) as x (workspace_id bigint, event_id uuid, digest text)
on conflict do nothing

-- name: forget_originals
-- Originals that are gone need nothing any more.
delete from posthus.original_piece p
where p.event_id = any(%(events)s::uuid[]) and p.workspace_id = %(workspace_id)s
returning p.sha256

-- name: drop_contents
-- Contents that nothing needs any more.
with unused as (
  select b.sha256 from posthus.blob b
  where b.workspace_id = %(workspace_id)s and b.sha256 = any(%(contents)s::bytea[])
    and not exists (select from posthus.attachment a where a.workspace_id = b.workspace_id and a.sha256 = b.sha256)
    and not exists (select from posthus.original_piece p where p.workspace_id = b.workspace_id and p.sha256 = b.sha256)
  order by b.sha256
  for update
)
delete from posthus.blob b using unused u where b.workspace_id = %(workspace_id)s and b.sha256 = u.sha256
