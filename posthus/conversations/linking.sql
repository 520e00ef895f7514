-- name: load_batch
-- The batch's messages with every reference they name and the threads already known.
select m.id::text as message_id, coalesce(cm.thread_id, cm.conversation_id) as thread_id,
  r.reference::text as reference, n.thread_id as known_id
from unnest(%(messages)s::uuid[]) as batch (id)
join posthus.message m on m.id = batch.id
left join posthus.conversation_message cm on cm.message_id = m.id
left join lateral unnest(m.reference_ids) as r (reference) on true
left join posthus.thread_node n on n.workspace_id = m.workspace_id and n.reference = r.reference
where m.workspace_id = %(workspace_id)s
order by m.id

-- name: reserve_threads
-- Numbers for threads about to be made, and for the conversations that show them.
select nextval('posthus.conversation_id_seq') from generate_series(1, %(count)s::int)

-- name: remember_references
-- Ids named for the first time, ghosts among them.
insert into posthus.thread_node (workspace_id, reference, thread_id)
select %(workspace_id)s, x.reference, x.thread_id
from jsonb_to_recordset(%(nodes)s::jsonb) as x (reference uuid, thread_id bigint)
on conflict (workspace_id, reference) do nothing

-- name: place_messages
-- Each message's conversation, with the message's columns that the conversation is described by.
insert into posthus.conversation_message as cm
  (message_id, workspace_id, conversation_id, thread_id, contact_id, sent_at, has_attachments)
select m.id, m.workspace_id, x.conversation, nullif(x.thread, x.conversation), m.contact_id, m.sent_at,
  m.has_attachments
from jsonb_to_recordset(%(places)s::jsonb) as x (id uuid, thread bigint, conversation bigint)
join posthus.message m on m.id = x.id
on conflict (message_id) do update set conversation_id = excluded.conversation_id, thread_id = excluded.thread_id,
  contact_id = excluded.contact_id, sent_at = excluded.sent_at, has_attachments = excluded.has_attachments
where (cm.conversation_id, cm.thread_id, cm.contact_id, cm.sent_at, cm.has_attachments) is distinct from
  (excluded.conversation_id, excluded.thread_id, excluded.contact_id, excluded.sent_at, excluded.has_attachments)

-- name: show_companies
-- Contacts of the batch whose company was learnt since their conversations were described.
with learnt as (
  select k.id, k.company_id
  from posthus.contact k
  where k.workspace_id = %(workspace_id)s and k.company_id is distinct from k.shown_company_id
    and k.id in (
      select m.contact_id from unnest(%(messages)s::uuid[]) as x (id)
      join posthus.message m on m.id = x.id
    )
  order by k.id
  for no key update
), shown as (
  update posthus.conversation c set company_id = learnt.company_id
  from learnt
  where c.contact_id = learnt.id and c.workspace_id = %(workspace_id)s
    and c.company_id is distinct from learnt.company_id
)
update posthus.contact k set shown_company_id = learnt.company_id from learnt where k.id = learnt.id
