-- name: hints_of_messages
-- What some messages may be recognised by.
select h.message_id::text, h.thread_id, h.sent_at, h.channel, h.subject, h.is_reply, h.own_references::int,
  h.all_references, h.thread_index, h.from_address, h.recipients, h.list_id, h.contact_addresses, w.domains,
  array(select s.address from posthus.source s where s.workspace_id = w.id and s.address is not null) as source_addresses
from unnest(%(wanted)s::uuid[]) as x (id)
join posthus.message_hint h on h.message_id = x.id
join posthus.workspace w on w.id = h.workspace_id
where h.workspace_id = %(workspace_id)s

-- name: hints_of_threads
-- What the messages of some threads may be recognised by.
select h.message_id::text, h.thread_id, h.sent_at, h.channel, h.subject, h.is_reply, h.own_references::int,
  h.all_references, h.thread_index, h.from_address, h.recipients, h.list_id, h.contact_addresses, w.domains,
  array(select s.address from posthus.source s where s.workspace_id = w.id and s.address is not null) as source_addresses
from posthus.message_hint h
join posthus.workspace w on w.id = h.workspace_id
where h.workspace_id = %(workspace_id)s
  and (h.moved_thread_id = any(%(wanted)s::bigint[])
    or (h.conversation_id = any(%(wanted)s::bigint[]) and h.moved_thread_id is null))

-- name: hints_of_clues
-- What the messages of the threads that show some clues may be recognised by.
with threads as (
  select distinct coalesce(a.part_id, t.thread_id) as number
  from posthus.thread_clue t
  left join posthus.conversation_alias a on a.old_id = t.thread_id and a.workspace_id = t.workspace_id
  where t.workspace_id = %(workspace_id)s and t.clue = any(%(wanted)s::bigint[])
)
select h.message_id::text, h.thread_id, h.sent_at, h.channel, h.subject, h.is_reply, h.own_references::int,
  h.all_references, h.thread_index, h.from_address, h.recipients, h.list_id, h.contact_addresses, w.domains,
  array(select s.address from posthus.source s where s.workspace_id = w.id and s.address is not null) as source_addresses
from posthus.message_hint h
join posthus.workspace w on w.id = h.workspace_id
where h.workspace_id = %(workspace_id)s
  and (h.moved_thread_id = any(array(select threads.number from threads))
    or (h.conversation_id = any(array(select threads.number from threads)) and h.moved_thread_id is null))

-- name: show_clues
-- Clues by which threads may be found.
insert into posthus.thread_clue (workspace_id, clue, thread_id)
select %(workspace_id)s, x.clue, x.thread_id
from jsonb_to_recordset(%(shown)s::jsonb) as x (clue bigint, thread_id bigint)
on conflict (workspace_id, clue, thread_id) do nothing

-- name: seek_clues
-- Clues by which messages look for others.
insert into posthus.clue_seeker (workspace_id, clue, message_id)
select %(workspace_id)s, x.clue, x.message_id
from jsonb_to_recordset(%(sought)s::jsonb) as x (clue bigint, message_id uuid)
on conflict (workspace_id, clue, message_id) do nothing

-- name: sought_clues
-- Which of these clues a message looks for others by.
select x.clue
from unnest(%(clues)s::bigint[]) as x (clue)
where exists (select from posthus.clue_seeker s where s.workspace_id = %(workspace_id)s and s.clue = x.clue)

-- name: threads_named
-- Where the numbers in subjects lead.
select x.number, coalesce(a.part_id, x.number)
from unnest(%(numbers)s::bigint[]) as x (number)
left join posthus.conversation_alias a on a.old_id = x.number and a.workspace_id = %(workspace_id)s

-- name: ties_of_clues
-- The ties that follow from some clues so far.
select t.one, t.other, t.clue
from posthus.conversation_tie t
where t.workspace_id = %(workspace_id)s and t.clue = any(%(clues)s::bigint[]) and t.clue <> 0

-- name: untie
-- Ties that follow no longer.
delete from posthus.conversation_tie t
using jsonb_to_recordset(%(ties)s::jsonb) as x (one bigint, other bigint, clue bigint)
where t.one = x.one and t.other = x.other and t.clue = x.clue and t.workspace_id = %(workspace_id)s

-- name: tie
-- Ties that follow by now.
insert into posthus.conversation_tie (workspace_id, one, other, clue)
select %(workspace_id)s, x.one, x.other, x.clue
from jsonb_to_recordset(%(ties)s::jsonb) as x (one bigint, other bigint, clue bigint)
on conflict (one, other, clue, made_one, made_other) do nothing
