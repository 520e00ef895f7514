-- name: shown
-- The conversations that some numbers lead to.
select x.number, c.id
from unnest(%(numbers)s::bigint[]) as x (number)
left join posthus.conversation_alias a on a.old_id = x.number and a.workspace_id = %(workspace_id)s
join posthus.conversation c on c.id = coalesce(a.conversation_id, x.number) and c.workspace_id = %(workspace_id)s

-- name: part_of
-- The thread or part that an older number belongs to.
select a.part_id
from posthus.conversation_alias a
where a.old_id = %(number)s and a.workspace_id = %(workspace_id)s

-- name: messages_of
-- The messages of a conversation with their threads.
select cm.message_id::text, coalesce(cm.thread_id, cm.conversation_id) as thread_id
from posthus.conversation_message cm
where cm.conversation_id = %(id)s and cm.workspace_id = %(workspace_id)s

-- name: begin_part
-- A conversation for what is split off; what people decided about the whole counts for it as well.
insert into posthus.conversation
overriding system value
select n.*
from posthus.conversation c
cross join lateral (select nextval('posthus.conversation_id_seq') as id) part
cross join lateral jsonb_populate_record(null::posthus.conversation,
  to_jsonb(c) || jsonb_build_object('id', part.id)) n
where c.id = %(origin)s and c.workspace_id = %(workspace_id)s
returning id

-- name: cut
-- Where a person put messages.
insert into posthus.conversation_cut (message_id, workspace_id, thread_id, part_id)
select cm.message_id, cm.workspace_id, coalesce(cm.thread_id, cm.conversation_id), x.put
from jsonb_to_recordset(%(cuts)s::jsonb) as x (id uuid, put bigint)
join posthus.conversation_message cm on cm.message_id = x.id and cm.workspace_id = %(workspace_id)s
on conflict (message_id) do update set part_id = excluded.part_id

-- name: restore_cuts
-- Messages that were cut before a split, unless somebody has put them elsewhere since.
update posthus.conversation_cut c set part_id = x.was
from jsonb_to_recordset(%(cuts)s::jsonb) as x (id uuid, put bigint, was_cut boolean, was bigint)
where c.message_id = x.id and x.was_cut and c.part_id is not distinct from x.put
  and c.workspace_id = %(workspace_id)s

-- name: drop_restored_cuts
-- Messages that were not cut before a split (or by one that is undone as well), unless somebody has put them elsewhere since.
delete from posthus.conversation_cut c
using jsonb_to_recordset(%(cuts)s::jsonb) as x (id uuid, put bigint, was_cut boolean)
where c.message_id = x.id and not x.was_cut and c.part_id is not distinct from x.put
  and c.workspace_id = %(workspace_id)s

-- name: drop_cuts_into
-- What was kept in a part by later splits of it.
delete from posthus.conversation_cut c
where c.part_id = %(part)s and c.workspace_id = %(workspace_id)s

-- name: tie
-- Conversations that a person made one.
insert into posthus.conversation_tie (workspace_id, one, other)
select %(workspace_id)s, x.one, x.other
from jsonb_to_recordset(%(ties)s::jsonb) as x (one bigint, other bigint)
on conflict (one, other, clue) do nothing

-- name: untie
-- Conversations that are no longer one because of a person.
delete from posthus.conversation_tie t
using jsonb_to_recordset(%(ties)s::jsonb) as x (one bigint, other bigint)
where t.one = x.one and t.other = x.other and t.clue = 0 and t.workspace_id = %(workspace_id)s

-- name: decided
-- What people decided about a conversation.
select c.status, c.assignee_id from posthus.conversation c
where c.id = %(id)s and c.workspace_id = %(workspace_id)s

-- name: decide_again
-- What people had decided before a merge, where nobody has decided otherwise since.
update posthus.conversation c
set status = case when c.status = %(later_status)s then %(status)s else c.status end,
  assignee_id = case when c.assignee_id is not distinct from %(later_assignee_id)s::bigint
    then %(assignee_id)s::bigint else c.assignee_id end
where c.id = %(id)s and c.workspace_id = %(workspace_id)s
