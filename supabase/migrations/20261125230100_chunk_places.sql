-- Chunks know when and from where their message came: filters by people, time and source read one index and nothing else.
set local lock_timeout = '4s';

-- squawk-ignore require-concurrent-index-deletion
drop index posthus.chunk_people;
alter table posthus.chunk add column sent_at timestamptz;
alter table posthus.chunk add column source_id bigint;
update posthus.chunk c set sent_at = m.sent_at, source_id = m.source_id
from posthus.message m where m.id = c.message_id;
delete from posthus.chunk c where c.sent_at is null;
-- squawk-ignore adding-not-nullable-field
alter table posthus.chunk alter column sent_at set not null;
-- squawk-ignore adding-not-nullable-field
alter table posthus.chunk alter column source_id set not null;
-- squawk-ignore require-concurrent-index-creation
create index chunk_people on posthus.chunk (workspace_id, model_id, contact_id) include (id, signs, sent_at, source_id);
-- squawk-ignore require-concurrent-index-creation
create index chunk_sent on posthus.chunk (workspace_id, model_id, source_id, sent_at) include (id, signs);
-- What is not vacuumed is looked up in the table after all, and the newest chunks are asked for most.
alter table posthus.chunk set (autovacuum_vacuum_insert_scale_factor = 0.02);

-- A message that changes takes its chunks along: contacts are merged, and mail is read anew.
create function posthus.follow_message() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update posthus.chunk c set contact_id = m.contact_id, sent_at = m.sent_at, source_id = m.source_id
  from changed m join former f on f.id = m.id
  where (f.contact_id, f.sent_at, f.source_id) is distinct from (m.contact_id, m.sent_at, m.source_id) and c.message_id = m.id;
  return null;
end $$;
revoke execute on function posthus.follow_message() from public;
drop trigger follow_contact on posthus.message;
-- squawk-ignore ban-drop-function
drop function posthus.follow_contact();
create trigger follow_message after update on posthus.message
  referencing old table as former new table as changed for each statement execute function posthus.follow_message();
