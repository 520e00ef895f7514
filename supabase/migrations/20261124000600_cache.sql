-- What changed, by transaction: append-only, so that no two writers ever wait for each other.
set local lock_timeout = '4s';

create table posthus.cache_change (
  workspace_id bigint not null,
  topic text not null,
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz not null default clock_timestamp()
);
create index cache_change_xid on posthus.cache_change (xid);

-- Which transactions were finished when: a change is dropped only when no feed can still need it.
create table posthus.cache_mark (
  at timestamptz not null default clock_timestamp(),
  finished_below xid8 not null
);

-- Only the feed, which runs as the owner, reads these.
alter table posthus.cache_change enable row level security;
alter table posthus.cache_mark enable row level security;
revoke all on posthus.cache_change, posthus.cache_mark from posthus_member;

-- The topics are the trigger's arguments; one row per workspace, topic and statement.
create function posthus.note_change() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into posthus.cache_change (workspace_id, topic)
  select distinct c.workspace_id, t.topic from changed c cross join unnest(tg_argv) as t (topic);
  return null;
end $$;

create function posthus.note_workspace() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into posthus.cache_change (workspace_id, topic)
  select distinct c.id, t.topic from changed c cross join unnest(tg_argv) as t (topic);
  return null;
end $$;

create function posthus.note_conversation() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into posthus.cache_change (workspace_id, topic)
  select distinct c.workspace_id, t.topic
  from changed c
  cross join lateral (values ('conversations'), ('conversation/' || c.id)) as t (topic);
  return null;
end $$;

create function posthus.note_merged() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into posthus.cache_change (workspace_id, topic)
  select distinct c.workspace_id, t.topic
  from changed c
  cross join lateral (values ('conversation/' || c.old_id), ('conversation/' || c.conversation_id)) as t (topic);
  return null;
end $$;

create function posthus.note_message() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into posthus.cache_change (workspace_id, topic)
  select distinct c.workspace_id, 'conversation/' || l.conversation_id
  from changed c
  join posthus.conversation_message l on l.message_id = c.id;
  return null;
end $$;

revoke execute on function posthus.note_change() from public;
revoke execute on function posthus.note_workspace() from public;
revoke execute on function posthus.note_conversation() from public;
revoke execute on function posthus.note_merged() from public;
revoke execute on function posthus.note_message() from public;

-- A new conversation is open nowhere yet, so its own topic is not needed; linking changes the row of an old one.
create trigger note_insert after insert on posthus.conversation
  referencing new table as changed for each statement execute function posthus.note_change('conversations');
create trigger note_update after update on posthus.conversation
  referencing new table as changed for each statement execute function posthus.note_conversation();
create trigger note_delete after delete on posthus.conversation
  referencing old table as changed for each statement execute function posthus.note_conversation();
create trigger note_insert after insert on posthus.conversation_alias
  referencing new table as changed for each statement execute function posthus.note_merged();

-- A message counts as filed at once; which conversation it changes is known when it is linked.
create trigger note_insert after insert on posthus.message
  referencing new table as changed for each statement execute function posthus.note_change('sources', 'operations');
create trigger note_update after update on posthus.message
  referencing new table as changed for each statement execute function posthus.note_message();
create trigger note_event after insert on posthus.event
  referencing new table as changed for each statement execute function posthus.note_change('sources', 'operations');
create trigger note_indexed after insert on posthus.message_indexed
  referencing new table as changed for each statement execute function posthus.note_change('sources', 'operations');
create trigger note_buried after insert on posthus.buried
  referencing new table as changed for each statement execute function posthus.note_change('sources', 'operations');
create trigger note_unburied after delete on posthus.buried
  referencing old table as changed for each statement execute function posthus.note_change('sources', 'operations');

-- Names of people, companies and sources stand in the rows of the inbox.
create trigger note_insert after insert on posthus.contact
  referencing new table as changed for each statement execute function posthus.note_change('contacts');
create trigger note_update after update on posthus.contact
  referencing new table as changed for each statement execute function posthus.note_change('contacts', 'conversations');
create trigger note_delete after delete on posthus.contact
  referencing old table as changed for each statement execute function posthus.note_change('contacts', 'conversations');
create trigger note_insert after insert on posthus.contact_address
  referencing new table as changed for each statement execute function posthus.note_change('contacts');
create trigger note_update after update on posthus.contact_address
  referencing new table as changed for each statement execute function posthus.note_change('contacts');
create trigger note_delete after delete on posthus.contact_address
  referencing old table as changed for each statement execute function posthus.note_change('contacts');
create trigger note_insert after insert on posthus.company
  referencing new table as changed for each statement execute function posthus.note_change('companies');
create trigger note_update after update on posthus.company
  referencing new table as changed for each statement execute function posthus.note_change('companies', 'conversations');
create trigger note_delete after delete on posthus.company
  referencing old table as changed for each statement execute function posthus.note_change('companies', 'conversations');
create trigger note_insert after insert on posthus.company_identity
  referencing new table as changed for each statement execute function posthus.note_change('companies');
create trigger note_delete after delete on posthus.company_identity
  referencing old table as changed for each statement execute function posthus.note_change('companies');

create trigger note_insert after insert on posthus.source
  referencing new table as changed for each statement execute function posthus.note_change('sources');
create trigger note_update after update on posthus.source
  referencing new table as changed for each statement execute function posthus.note_change('sources', 'conversations');
create trigger note_delete after delete on posthus.source
  referencing old table as changed for each statement execute function posthus.note_change('sources', 'conversations');

-- Who may do what: remembered for each request, so every change of it must be seen.
create trigger note_insert after insert on posthus.member
  referencing new table as changed for each statement execute function posthus.note_change('members');
create trigger note_update after update on posthus.member
  referencing new table as changed for each statement execute function posthus.note_change('members', 'access', 'conversations');
create trigger note_delete after delete on posthus.member
  referencing old table as changed for each statement execute function posthus.note_change('members', 'access', 'conversations');
create trigger note_update after update on posthus.workspace
  referencing new table as changed for each statement execute function posthus.note_workspace('access');
create trigger note_update after update on posthus.session
  referencing new table as changed for each statement execute function posthus.note_change('access');
create trigger note_delete after delete on posthus.session
  referencing old table as changed for each statement execute function posthus.note_change('access');
create trigger note_update after update on posthus.api_key
  referencing new table as changed for each statement execute function posthus.note_change('access');
create trigger note_delete after delete on posthus.api_key
  referencing old table as changed for each statement execute function posthus.note_change('access');
