-- name: list_messages
-- The messages of a conversation, oldest first.
select m.id, cm.conversation_id, m.channel, m.direction, m.message_id, m.subject, m.from_name, m.from_address,
  m.recipients, m.contact_id, m.source_id, s.name as source_name, m.sent_at, m.received_at, m.body_text, m.spans,
  m.has_html, m.has_remote_images, m.automatic, m.bulk, m.defects, e.envelope -> 'authentication' as authentication
from (
  select cm.* from posthus.conversation_message cm
  where cm.conversation_id = coalesce(
      (select l.conversation_id from posthus.conversation_alias l
        where l.old_id = %(id)s and l.workspace_id = %(workspace_id)s), %(id)s)
    and cm.workspace_id = %(workspace_id)s
    and (%(sent_at)s::timestamptz is null
      or (cm.sent_at, cm.message_id) > (%(sent_at)s::timestamptz, %(message_id)s::uuid))
  order by cm.sent_at, cm.message_id
  limit %(limit)s
) cm
join posthus.message m on m.id = cm.message_id
left join posthus.event e on e.id = m.event_id
left join posthus.source s on s.id = m.source_id
order by cm.sent_at, cm.message_id

-- name: list_attachments
-- The files of some messages.
select a.id, a.message_id, a.name, a.content_type, a.content_id, a.size, a.inline
from posthus.attachment a
where a.workspace_id = %(workspace_id)s and a.message_id = any(%(messages)s::uuid[])
order by a.message_id, a.position

-- name: find_original
-- What was received when a message came, or what a person has mended it to.
select e.kind, coalesce(a.codec, e.codec) as codec, coalesce(a.body, e.body) as body, e.headers, s.provider, s.settings, m.position, m.subject, m.id
from posthus.message m join posthus.event e on e.id = m.event_id join posthus.source s on s.id = e.source_id
left join posthus.event_amendment a on a.event_id = e.id and %(amended)s::boolean
where m.id = %(id)s and m.workspace_id = %(workspace_id)s and e.workspace_id = %(workspace_id)s

-- name: find_attachment
-- One file with its content.
select a.name, a.content_type, a.size, a.sha256
from posthus.attachment a
where a.id = %(id)s and a.workspace_id = %(workspace_id)s

-- name: contents_of
-- What the files of some messages hold, by hash.
select distinct a.sha256 from posthus.attachment a
where a.message_id = any (%(messages)s::uuid[]) and a.workspace_id = %(workspace_id)s

-- name: find_messages
-- Some messages by number.
select m.id, cm.conversation_id, m.channel, m.direction, m.message_id, m.subject, m.from_name, m.from_address,
  m.recipients, m.contact_id, m.source_id, s.name as source_name, m.sent_at, m.received_at, m.body_text, m.spans,
  m.has_html, m.has_remote_images, m.automatic, m.bulk, m.defects, e.envelope -> 'authentication' as authentication
from posthus.message m
join posthus.conversation_message cm on cm.message_id = m.id
left join posthus.event e on e.id = m.event_id
left join posthus.source s on s.id = m.source_id
where m.workspace_id = %(workspace_id)s and m.id = any (%(messages)s::uuid[])
