-- Clues that messages belong together although no id says so: a subject, Outlook's thread index, a conversation's
-- number in a subject. What follows from them are ties that are worked out again whenever one of their messages comes.
set local lock_timeout = '4s';

-- Which threads show a clue; a thread that became part of another one is found by its old number.
create table posthus.thread_clue (
  workspace_id bigint not null,
  clue bigint not null,
  thread_id bigint not null,
  primary key (workspace_id, clue, thread_id)
);

-- Clues that a message without usable ids, or with a number in its subject, waits for.
create table posthus.clue_seeker (
  workspace_id bigint not null,
  clue bigint not null,
  message_id uuid not null,
  primary key (workspace_id, clue, message_id)
);

-- The conversation's own number in Outlook's Thread-Index (MS-OXOMSG 2.2.1.3).
alter table posthus.message add column thread_index uuid;

-- What linking weighs clues by.
create view posthus.message_hint with (security_invoker = true) as
select cm.message_id, cm.workspace_id, cm.conversation_id, cm.thread_id as moved_thread_id,
  coalesce(cm.thread_id, cm.conversation_id) as thread_id, m.sent_at, m.channel, m.subject, m.is_reply,
  m.own_references, cardinality(m.reference_ids) as all_references, m.thread_index, m.from_address, m.recipients,
  m.list_id, array(select a.address from posthus.contact_address a
    where a.contact_id = m.contact_id and a.kind = 'email') as contact_addresses
from posthus.conversation_message cm
join posthus.message m on m.id = cm.message_id;

grant select on posthus.message_hint to posthus_member;
select posthus.isolate(array['posthus.thread_clue', 'posthus.clue_seeker']::regclass[]);
