-- name: standings
-- Every workspace and model with many vectors or with an approximate index, and how both stand; a model that has not
-- served for ten minutes needs no index.
select p.workspace_id, p.model_id::int as model_id, m.dimensions, i.indisvalid as valid,
  case when m.state = 'former' and m.state_at < now() - interval '10 minutes' then 0 else p.vectors end as vectors,
  coalesce(pg_catalog.pg_relation_size(c.oid), 0) as bytes,
  coalesce(k.vectors, 0) as built_vectors, coalesce(k.bytes, 0) as built_bytes,
  coalesce(k.neighbours, 0)::int as built_neighbours,
  exists (select from pg_catalog.pg_stat_progress_create_index b where b.index_relid = c.oid) as busy
from (
  select v.workspace_id, v.model_id, count(*) as vectors from posthus.chunk_vector v group by 1, 2
) as p
join posthus.embedding_model m on m.id = p.model_id
left join pg_catalog.pg_class c on c.relnamespace = 'posthus'::regnamespace
  and c.relname = format('chunk_vector_near_%%s_%%s', p.workspace_id, p.model_id)
left join pg_catalog.pg_index i on i.indexrelid = c.oid
left join posthus.vector_index k on k.workspace_id = p.workspace_id and k.model_id = p.model_id
where p.vectors >= %(at_least)s::bigint or c.oid is not null
order by p.vectors desc;

-- name: room
-- How much memory a build has, and may have: a quarter of what the server believes to be its cache.
select pg_catalog.pg_size_bytes(current_setting('maintenance_work_mem')) as memory,
  pg_catalog.pg_size_bytes(current_setting('effective_cache_size')) / 4 as most_memory,
  coalesce((select e.extversion from pg_catalog.pg_extension e where e.extname = 'vector'), '0') as vector;

-- name: set_memory
-- For this session alone.
select set_config('maintenance_work_mem', %(kilobytes)s, false);

-- name: removed
-- Vectors that are there, and rows of those that are gone.
select s.n_live_tup as live, s.n_dead_tup as dead
from pg_catalog.pg_stat_user_tables s where s.relid = 'posthus.chunk_vector'::regclass;

-- name: left_over
-- What a rebuild that was killed has left beside an index: it slows writing and helps nobody.
select c.relname from pg_catalog.pg_class c join pg_catalog.pg_index i on i.indexrelid = c.oid
where c.relnamespace = 'posthus'::regnamespace and c.relname ~ '^chunk_vector_near_[0-9]+_[0-9]+_cc(new|old)[0-9]*$'
  and not i.indisvalid and not exists (select from pg_catalog.pg_stat_progress_create_index b where b.relid = i.indrelid);

-- name: note
-- How an index stands; of how many vectors a build is to be.
insert into posthus.vector_index as k (workspace_id, model_id, state, vectors, error)
values (%(workspace)s::bigint, %(model)s::smallint, %(state)s, %(vectors)s, %(error)s)
on conflict (workspace_id, model_id) do update set state = excluded.state, vectors = excluded.vectors, error = excluded.error,
  changed_at = now();

-- name: note_present
-- How many vectors each has now.
update posthus.vector_index k set present = n.vectors
from jsonb_to_recordset(%(present)s::jsonb) as n(workspace bigint, model smallint, vectors bigint)
where k.workspace_id = n.workspace and k.model_id = n.model and k.present <> n.vectors;

-- name: note_built
-- An index is ready, of so many vectors and bytes; the measure of what it grows to.
update posthus.vector_index set state = 'ready', error = null, changed_at = now(), seconds = %(seconds)s,
  vectors = %(vectors)s, present = %(vectors)s, neighbours = %(neighbours)s,
  bytes = pg_catalog.pg_relation_size(to_regclass(format('posthus.%%I', %(name)s::text)))
where workspace_id = %(workspace)s::bigint and model_id = %(model)s::smallint;

-- name: forget
-- An index that is not needed any more.
delete from posthus.vector_index where workspace_id = %(workspace)s::bigint and model_id = %(model)s::smallint;

-- name: index_states
-- How approximate indexes stand, as people are shown it: bytes are of now, `present` vectors of the last look; `grown` is
-- how much more a vector takes than when the index was built.
select k.workspace_id, w.name as workspace, m.name as model, k.state, k.vectors, k.present, i.bytes,
  case when least(k.bytes, k.present, i.bytes) > 0 then i.bytes::float8 * k.vectors / k.bytes / k.present end as grown,
  k.changed_at, k.seconds::float8 as seconds,
  least(1, coalesce(b.tuples_done::float8 / nullif(k.vectors, 0), 0)) as done, k.error
from posthus.vector_index k
join posthus.workspace w on w.id = k.workspace_id
join posthus.embedding_model m on m.id = k.model_id
left join pg_catalog.pg_class c on c.relnamespace = 'posthus'::regnamespace
  and c.relname = format('chunk_vector_near_%%s_%%s', k.workspace_id, k.model_id)
cross join lateral (select coalesce(pg_catalog.pg_relation_size(c.oid), 0) as bytes) as i
left join pg_catalog.pg_stat_progress_create_index b on b.index_relid = c.oid
where %(workspace)s::bigint is null or k.workspace_id = %(workspace)s::bigint
order by w.name, m.id;

-- name: models_in_use
-- The model that serves and the next one, and how many vectors a workspace has of each, counted no further than it matters.
select m.name as model, m.dimensions, m.state, m.address is not null as elsewhere, (
  select count(*) from (
    select from posthus.chunk_vector v
    where v.workspace_id = %(workspace)s::bigint and v.model_id = m.id limit %(most)s::int) as sample) as vectors
from posthus.embedding_model m where m.state <> 'former' order by m.state desc;
