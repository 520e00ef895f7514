-- name: lock_models
-- Who changes which model serves takes turns.
select pg_advisory_xact_lock(20261, 70);

-- name: note_model
-- What the settings ask for; a model that comes back keeps its number.
insert into posthus.embedding_model (name, dimensions, address, asked_as)
values (%(name)s, %(dimensions)s, %(address)s, %(asked_as)s)
on conflict (name) do update set address = excluded.address, asked_as = excluded.asked_as
where (embedding_model.address, embedding_model.asked_as) is distinct from (excluded.address, excluded.asked_as);

-- name: generations
-- The model that serves and the next one.
select m.id::int as id, m.name, m.dimensions, m.state, m.address, m.asked_as
from posthus.embedding_model m where m.state <> 'former' order by m.state desc;

-- name: serve
-- The first model of all.
update posthus.embedding_model set state = 'serving', state_at = now() where name = %(name)s;

-- name: give_up_next
-- The settings ask for the model that serves.
update posthus.embedding_model set state = 'former', state_at = now() where state = 'next';

-- name: make_next
-- The settings ask for another model than the one that serves; nothing where they have done so before.
with others as (
  update posthus.embedding_model set state = 'former', state_at = now() where state = 'next' and name <> %(name)s returning id)
update posthus.embedding_model set state = 'next', state_at = now(), listed = false, listed_before = null
where name = %(name)s and state = 'former' and (select count(*) from others) >= 0;

-- name: forget_renewed
-- Nothing is on its way any more, or something else is.
delete from posthus.message_renewed;

-- name: unlisted
-- The newest messages that are not yet in the queue for the next model.
select m.id, m.workspace_id, m.source_id from posthus.message m
join posthus.embedding_model n on n.state = 'next' and not n.listed
where n.listed_before is null or m.id < n.listed_before
order by m.id desc limit %(limit)s;

-- name: note_listed
-- They are now; none more means all.
update posthus.embedding_model set listed_before = coalesce(%(last)s, listed_before), listed = %(last)s::uuid is null
where state = 'next' and not listed;

-- name: next_is_complete
-- Whether the next model has passed every message but those that are buried; no row where there is none.
select not exists (
  select from posthus.message m
  where not exists (select from posthus.message_renewed r where r.message_id = m.id)
    and not exists (select from posthus.buried b where b.stage = 'embed' and b.message_id = m.id)) as complete
from posthus.embedding_model n where n.state = 'next' and n.listed;

-- name: retire_serving
-- It is cleared away once nobody asks it any more.
update posthus.embedding_model set state = 'former', state_at = now() where state = 'serving';

-- name: serve_next
-- From this commit on.
update posthus.embedding_model set state = 'serving', state_at = now() where state = 'next';

-- name: clear_former
-- Some chunks of models that have not served for ten minutes; their vectors go with them.
with gone as (
  delete from posthus.chunk c where c.id in (
    select d.id from posthus.embedding_model m cross join posthus.workspace w
    join posthus.chunk d on d.workspace_id = w.id and d.model_id = m.id
    where m.state = 'former' and m.state_at < now() - interval '10 minutes' limit %(limit)s)
  returning c.id)
select count(*) from gone;

-- name: progress
-- How many messages the next model has passed, of all.
select n.name as model, s.name as serving, extract(epoch from now() - n.state_at)::float8 as seconds,
  (select count(*) from posthus.message m where %(workspace)s::bigint is null or m.workspace_id = %(workspace)s::bigint) as messages,
  (select count(*) from posthus.message_renewed r where %(workspace)s::bigint is null or r.workspace_id = %(workspace)s::bigint) as renewed
from posthus.embedding_model n join posthus.embedding_model s on s.state = 'serving' where n.state = 'next';
