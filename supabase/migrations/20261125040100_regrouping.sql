-- Splits and merges by hand: stored as cuts and ties, so that replays and later mail meet them again.
set local lock_timeout = '4s';

-- Where a person put a message: into a part of its thread that was split off, or (null) to stay with the thread.
create table posthus.conversation_cut (
  message_id uuid primary key,
  workspace_id bigint not null,
  thread_id bigint not null,
  part_id bigint
);
create index conversation_cut_thread on posthus.conversation_cut (thread_id);
create index conversation_cut_part on posthus.conversation_cut (part_id) where part_id is not null;

-- Two threads or parts that are one conversation although no id says so: because a person said so (clue 0), or because
-- of a clue that they share, such as a subject.
create table posthus.conversation_tie (
  workspace_id bigint not null,
  one bigint not null,
  other bigint not null check (one < other),
  clue bigint not null default 0,
  primary key (one, other, clue)
);
create index conversation_tie_other on posthus.conversation_tie (other);
create index conversation_tie_clue on posthus.conversation_tie (workspace_id, clue) where clue <> 0;

-- The thread of a message where its conversation has another number: by a cut or a tie. Null: the same.
alter table posthus.conversation_message add column thread_id bigint;
-- squawk-ignore require-concurrent-index-creation
create index conversation_message_thread on posthus.conversation_message (thread_id) where thread_id is not null;

-- An old number belongs to a part and leads to the conversation that the part is shown in. `was` is the row as it
-- was when a tie made it part of another conversation: it comes back when the tie goes.
alter table posthus.conversation_alias add column part_id bigint, add column was jsonb;
update posthus.conversation_alias set part_id = conversation_id;
-- squawk-ignore adding-not-nullable-field
alter table posthus.conversation_alias alter column part_id set not null;
-- squawk-ignore require-concurrent-index-creation
create index conversation_alias_part on posthus.conversation_alias (part_id);

-- Threads and old numbers outlive the conversations that they are shown in.
-- squawk-ignore ban-drop-constraint
alter table posthus.thread_node drop constraint thread_node_conversation_id_fkey;
-- squawk-ignore ban-drop-constraint
alter table posthus.conversation_alias drop constraint conversation_alias_conversation_id_fkey;
-- squawk-ignore renaming-column
alter table posthus.thread_node rename column conversation_id to thread_id;

-- How many of a message's references, from the first on, are names of its own.
alter table posthus.message add column own_references smallint not null default 1;

create trigger note_update after update on posthus.conversation_alias
  referencing new table as changed for each statement execute function posthus.note_merged();
create trigger note_delete after delete on posthus.conversation_alias
  referencing old table as changed for each statement execute function posthus.note_merged();

select posthus.isolate(array['posthus.conversation_cut', 'posthus.conversation_tie']::regclass[]);
