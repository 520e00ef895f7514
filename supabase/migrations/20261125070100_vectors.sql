-- Vectors of any length, chunks that belong to a model, and what is known of each approximate index.
set local lock_timeout = '4s';

-- Two models may stand side by side, each with chunks of its own. `signs` are the signs of a chunk's vector: compared
-- bit by bit they are a first, cheap look at all that a few people wrote, for whom `contact_id` is the message's.
alter table posthus.chunk add column model_id smallint;
alter table posthus.chunk add column contact_id bigint;
alter table posthus.chunk add column signs bit varying;
update posthus.chunk c set model_id = v.model_id, signs = extensions.binary_quantize(v.v),
  contact_id = (select m.contact_id from posthus.message m where m.id = c.message_id)
from posthus.chunk_vector v where v.chunk_id = c.id;
delete from posthus.chunk c where c.model_id is null;
-- squawk-ignore adding-not-nullable-field
alter table posthus.chunk alter column model_id set not null;
-- squawk-ignore ban-drop-constraint
alter table posthus.chunk drop constraint chunk_message_id_position_key;
-- squawk-ignore disallowed-unique-constraint, constraint-missing-not-valid
alter table posthus.chunk add constraint chunk_of_model unique (message_id, model_id, position) include (id, workspace_id, signs);
-- Everything that comparing signs needs is in these two indexes.
-- squawk-ignore require-concurrent-index-creation
create index chunk_people on posthus.chunk (workspace_id, model_id, contact_id) include (id, message_id, signs);

-- Each model has vectors of one length; approximate indexes name it. Never moved out of the row.
-- squawk-ignore changing-column-type
alter table posthus.chunk_vector alter column v type extensions.halfvec;
alter table posthus.chunk_vector alter column v set storage plain;
-- An approximate index is vacuumed slowly and rebuilt quickly: upkeep rebuilds it first.
alter table posthus.chunk_vector set (autovacuum_vacuum_scale_factor = 0.3);

-- A message that changes hands takes its chunks along: contacts are merged, and mail is read anew.
create function posthus.follow_contact() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update posthus.chunk c set contact_id = m.contact_id
  from changed m join former f on f.id = m.id
  where f.contact_id is distinct from m.contact_id and c.message_id = m.id;
  return null;
end $$;
revoke execute on function posthus.follow_contact() from public;
create trigger follow_contact after update on posthus.message
  referencing old table as former new table as changed for each statement execute function posthus.follow_contact();

-- One row for each approximate index: how it stands, and what it was when it was built last.
create table posthus.vector_index (
  workspace_id bigint not null,
  model_id smallint not null,
  state text not null check (state in ('building', 'ready', 'rebuilding', 'failed')),
  vectors bigint not null default 0,
  bytes bigint not null default 0,
  seconds real,
  error text,
  changed_at timestamptz not null default now(),
  primary key (workspace_id, model_id)
);
select posthus.isolate(array['posthus.vector_index']::regclass[]);
revoke insert, update, delete on posthus.vector_index from posthus_member;
