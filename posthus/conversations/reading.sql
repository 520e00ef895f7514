-- name: list_conversations
-- A page of conversations, newest message first.
select c.id, c.subject, c.snippet, c.channel, c.status, c.unread, c.message_count, c.has_attachments,
  c.first_message_at, c.last_message_at, c.contact_id, k.name as contact_name, a.address as contact_address,
  c.company_id, o.name as company_name, c.assignee_id, m.name as assignee_name, c.source_id, s.name as source_name
from (
  select c.* from posthus.conversation c
  where c.workspace_id = %(workspace_id)s
    and (%(status)s::text is null or c.status = %(status)s)
    and (%(unread)s::boolean is null or c.unread = %(unread)s)
    and (%(assignee_id)s::bigint is null or c.assignee_id = %(assignee_id)s)
    and (not %(unassigned)s::boolean or c.assignee_id is null)
    and (%(source_id)s::bigint is null or c.source_id = %(source_id)s)
    and (%(contact_id)s::bigint is null or c.contact_id = %(contact_id)s)
    and (%(company_id)s::bigint is null or c.company_id = %(company_id)s)
    and (%(channel)s::text is null or c.channel = %(channel)s)
    and (%(last_message_at)s::timestamptz is null
      or (c.last_message_at, c.id) < (%(last_message_at)s::timestamptz, %(id)s::bigint))
  order by c.last_message_at desc, c.id desc
  limit %(limit)s
) c
left join posthus.contact k on k.id = c.contact_id
left join lateral (
  select x.address from posthus.contact_address x where x.contact_id = c.contact_id
  order by x.kind = 'email' desc, x.address limit 1
) a on true
left join posthus.company o on o.id = c.company_id
left join posthus.member m on m.id = c.assignee_id
left join posthus.source s on s.id = c.source_id
order by c.last_message_at desc, c.id desc

-- name: list_anchors
-- The last row of every page, and the last row of all, whose number is the total.
select last_message_at, id, row
from (
  select c.last_message_at, c.id, row_number() over (order by c.last_message_at desc, c.id desc) as row,
    lead(c.id) over (order by c.last_message_at desc, c.id desc) is null as is_last
  from posthus.conversation c
  where c.workspace_id = %(workspace_id)s
    and (%(status)s::text is null or c.status = %(status)s)
    and (%(unread)s::boolean is null or c.unread = %(unread)s)
    and (%(assignee_id)s::bigint is null or c.assignee_id = %(assignee_id)s)
    and (not %(unassigned)s::boolean or c.assignee_id is null)
    and (%(source_id)s::bigint is null or c.source_id = %(source_id)s)
    and (%(contact_id)s::bigint is null or c.contact_id = %(contact_id)s)
    and (%(company_id)s::bigint is null or c.company_id = %(company_id)s)
    and (%(channel)s::text is null or c.channel = %(channel)s)
) ranked
where row %% %(page_size)s = 0 or is_last
order by row

-- name: find_conversation
-- One conversation by its number, or by a number that it took over.
select c.id, c.subject, c.snippet, c.channel, c.status, c.unread, c.message_count, c.has_attachments,
  c.first_message_at, c.last_message_at, c.contact_id, k.name as contact_name, a.address as contact_address,
  c.company_id, o.name as company_name, c.assignee_id, m.name as assignee_name, c.source_id, s.name as source_name
from posthus.conversation c
left join posthus.contact k on k.id = c.contact_id
left join lateral (
  select x.address from posthus.contact_address x where x.contact_id = c.contact_id
  order by x.kind = 'email' desc, x.address limit 1
) a on true
left join posthus.company o on o.id = c.company_id
left join posthus.member m on m.id = c.assignee_id
left join posthus.source s on s.id = c.source_id
where c.workspace_id = %(workspace_id)s and c.id = coalesce(
  (select l.conversation_id from posthus.conversation_alias l
    where l.old_id = %(id)s and l.workspace_id = %(workspace_id)s), %(id)s)

-- name: change_conversation
-- What a person decides about a conversation; a merged number changes the one it became part of.
update posthus.conversation c
set status = coalesce(%(status)s::text, c.status), unread = coalesce(%(unread)s::boolean, c.unread),
  assignee_id = case when %(assign)s::boolean then %(assignee_id)s::bigint else c.assignee_id end
where c.workspace_id = %(workspace_id)s and c.id = coalesce(
  (select l.conversation_id from posthus.conversation_alias l
    where l.old_id = %(id)s and l.workspace_id = %(workspace_id)s), %(id)s)

-- name: find_assignee
-- A member who can be given work.
select count(*) from posthus.member m
where m.id = %(assignee_id)s and m.workspace_id = %(workspace_id)s and m.disabled_at is null

-- name: list_messages
-- The messages of a conversation, oldest first.
select m.id, cm.conversation_id, m.channel, m.direction, m.message_id, m.subject, m.from_name, m.from_address,
  m.recipients, m.contact_id, m.source_id, s.name as source_name, m.sent_at, m.received_at, m.body_text, m.spans,
  m.has_html, m.has_remote_images, m.automatic, m.bulk, m.defects
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
left join posthus.source s on s.id = m.source_id
order by cm.sent_at, cm.message_id

-- name: list_attachments
-- The files of some messages.
select a.id, a.message_id, a.name, a.content_type, a.content_id, a.size, a.inline
from posthus.attachment a
where a.workspace_id = %(workspace_id)s and a.message_id = any(%(messages)s::uuid[])
order by a.message_id, a.position

-- name: find_original
-- What was received when a message came.
select e.kind, e.codec, e.body, e.headers, s.provider, s.settings, m.position, m.subject, m.id
from posthus.message m join posthus.event e on e.id = m.event_id join posthus.source s on s.id = e.source_id
where m.id = %(id)s and m.workspace_id = %(workspace_id)s and e.workspace_id = %(workspace_id)s

-- name: find_attachment
-- One file with its content.
select a.name, a.content_type, b.codec, b.body
from posthus.attachment a join posthus.blob b on b.workspace_id = a.workspace_id and b.sha256 = a.sha256
where a.id = %(id)s and a.workspace_id = %(workspace_id)s
