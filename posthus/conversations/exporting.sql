-- name: contact_facts
-- A contact with all that is known of them.
select jsonb_build_object('id', k.id, 'name', k.name, 'title', k.title, 'created_at', k.created_at,
  'company', (select o.name from posthus.company o where o.id = k.company_id),
  'addresses', (select coalesce(jsonb_agg(jsonb_build_object('kind', a.kind, 'address', a.address) order by a.address), '[]')
    from posthus.contact_address a where a.contact_id = k.id and a.workspace_id = k.workspace_id),
  'notes', (select coalesce(jsonb_agg(jsonb_build_object('at', n.created_at, 'text', n.body) order by n.id), '[]')
    from posthus.note n where n.contact_id = k.id and n.workspace_id = k.workspace_id and n.deleted_at is null))
from posthus.contact k
where k.id = %(id)s and k.workspace_id = %(workspace_id)s

-- name: contact_conversations
-- Their conversations as they stand.
select coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'subject', c.subject, 'status', c.status, 'channel', c.channel,
  'first_message_at', c.first_message_at, 'last_message_at', c.last_message_at, 'messages', c.message_count,
  'tags', (select coalesce(jsonb_agg(t.name), '[]') from posthus.tag t where t.id = any (c.tag_ids))) order by c.id), '[]')
from posthus.conversation c
where c.contact_id = %(id)s and c.workspace_id = %(workspace_id)s

-- name: contact_messages
-- Messages they wrote and all of their conversations', oldest first.
select m.id, m.event_id, cm.conversation_id, jsonb_build_object('id', m.id, 'message_id', m.message_id, 'conversation',
  cm.conversation_id, 'channel', m.channel, 'direction', m.direction, 'at', m.sent_at, 'from', jsonb_build_object('name',
  m.from_name, 'address', m.from_address), 'recipients', m.recipients, 'subject', m.subject, 'text', m.body_text) as facts
from posthus.message m
left join posthus.conversation_message cm on cm.message_id = m.id
where m.workspace_id = %(workspace_id)s and m.id in (
  select o.id from posthus.message o where o.workspace_id = %(workspace_id)s and o.contact_id = %(id)s
  union
  select l.message_id from posthus.conversation c join posthus.conversation_message l on l.conversation_id = c.id
  where c.workspace_id = %(workspace_id)s and c.contact_id = %(id)s)
order by m.sent_at, m.id

-- name: keep_file
-- What an errand made.
insert into posthus.errand_file (errand_id, workspace_id, name, body)
values (%(errand_id)s, %(workspace_id)s, %(name)s, %(body)s)
on conflict (errand_id) do update set name = excluded.name, body = excluded.body

-- name: find_file
-- What an errand made, if it was one of the workspace.
select f.name, f.body from posthus.errand_file f
where f.errand_id = %(errand_id)s and f.workspace_id = %(workspace_id)s
