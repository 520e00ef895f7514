-- name: add_model
-- Note a model the first time it is used; the first of all serves.
insert into posthus.embedding_model (name, dimensions, state)
values (%(name)s, %(dimensions)s,
  case when exists (select from posthus.embedding_model where state = 'serving') then 'former' else 'serving' end)
on conflict (name) do nothing;

-- name: model_number
-- The number of a model.
select id::bigint from posthus.embedding_model where name = %(name)s;

-- name: texts
-- What the messages of a batch say.
select id, workspace_id, source_id, subject, body_text, spans
from posthus.searchable_message where id = any(%(messages)s::uuid[]);

-- name: known_vectors
-- Vectors that the workspace already has of texts with these hashes.
select distinct on (c.content_hash) c.content_hash, extensions.halfvec_send(v.v) as vector
from posthus.chunk c join posthus.chunk_vector v on v.chunk_id = c.id
where c.workspace_id = %(workspace)s and c.content_hash = any(%(hashes)s::bytea[])
order by c.content_hash, c.id;

-- name: move_chunks
-- Chunks whose text stayed but stands elsewhere in the message keep their vector.
update posthus.chunk c set start_offset = n.start_offset, end_offset = n.end_offset
from jsonb_to_recordset(%(chunks)s::jsonb) as n(message_id uuid, position integer, content_hash text, start_offset integer, end_offset integer)
where c.message_id = n.message_id and c.model_id = %(model)s::smallint and c.position = n.position
  and c.content_hash = decode(n.content_hash, 'hex')
  and (c.start_offset, c.end_offset) is distinct from (n.start_offset, n.end_offset);

-- name: drop_vanished_chunks
-- Chunks that the messages no longer have; their vectors go with them.
delete from posthus.chunk c
where c.message_id = any(%(messages)s::uuid[]) and c.model_id = %(model)s::smallint and not exists (
  select from jsonb_to_recordset(%(chunks)s::jsonb) as n(message_id uuid, position integer, content_hash text)
  where n.message_id = c.message_id and n.position = c.position and decode(n.content_hash, 'hex') = c.content_hash);

-- name: add_chunks
-- Chunks that the messages did not have; the messages are held, so that nobody changes them meanwhile.
with held as materialized (
  select m.id, m.contact_id, m.sent_at, m.source_id from posthus.message m where m.id = any(%(messages)s::uuid[]) order by m.id for share)
insert into posthus.chunk (workspace_id, message_id, model_id, contact_id, sent_at, source_id, position, content_hash, start_offset, end_offset, signs)
select n.workspace_id, n.message_id, %(model)s::smallint, h.contact_id, h.sent_at, h.source_id, n.position, decode(n.content_hash, 'hex'),
  n.start_offset, n.end_offset, n.signs::bit varying
from jsonb_to_recordset(%(chunks)s::jsonb) as n(workspace_id bigint, message_id uuid, position integer, content_hash text, start_offset integer, end_offset integer, signs text)
join held h on h.id = n.message_id
order by n.message_id, n.position
on conflict (message_id, model_id, position) do nothing;

-- name: chunks_to_fill
-- Chunks of the batch that have no vector yet, held until the transaction ends.
select c.id as chunk_id, c.workspace_id, c.message_id, c.content_hash
from posthus.chunk c
where c.message_id = any(%(messages)s::uuid[]) and c.model_id = %(model)s::smallint
  and not exists (select from posthus.chunk_vector v where v.chunk_id = c.id)
order by c.id for update;

-- name: forget_gone
-- Messages of the batch that are there no more.
delete from posthus.message_indexed i
where i.message_id = any(%(messages)s::uuid[])
  and not exists (select from posthus.searchable_message m where m.id = i.message_id);

-- name: mark_renewed
-- The next model has passed the messages of the batch.
insert into posthus.message_renewed (message_id, workspace_id)
select n.message_id, n.workspace_id
from jsonb_to_recordset(%(indexed)s::jsonb) as n(message_id uuid, workspace_id bigint)
order by n.message_id on conflict (message_id) do nothing;

-- name: mark_indexed
-- The messages of the batch are findable by meaning.
insert into posthus.message_indexed (message_id, workspace_id, source_id, model_id, chunks)
select n.message_id, n.workspace_id, n.source_id, %(model)s::smallint, n.chunks
from jsonb_to_recordset(%(indexed)s::jsonb) as n(message_id uuid, workspace_id bigint, source_id bigint, chunks integer)
order by n.message_id
on conflict (message_id) do update set model_id = excluded.model_id, chunks = excluded.chunks, at = now()
where (message_indexed.model_id, message_indexed.chunks) is distinct from (excluded.model_id, excluded.chunks);

-- name: vectors_of_workspace
-- How many vectors of a model a workspace has, counted no further than asked.
select count(*) from (
  select from posthus.chunk_vector v
  where v.workspace_id = %(workspace)s::bigint and v.model_id = %(model)s::smallint limit %(most)s::int) as sample;

-- name: index_state
-- Whether the workspace's approximate index is valid; no row where there is none.
select i.indisvalid from pg_catalog.pg_class c join pg_catalog.pg_index i on i.indexrelid = c.oid
where c.relname = format('chunk_vector_near_%%s_%%s', %(workspace)s::bigint, %(model)s::smallint)
  and c.relnamespace = 'posthus'::regnamespace;
