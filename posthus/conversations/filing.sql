-- name: event_sizes
-- How much each event of the batch weighs, so that memory stays bounded.
select e.id, e.size
from jsonb_to_recordset(%(events)s::jsonb) as x (id uuid)
join posthus.event e on e.id = x.id
order by e.id

-- name: load_events
-- The events of a portion with what their source and workspace say about reading them.
select e.id, e.workspace_id, e.source_id, e.kind, e.headers, e.envelope,
  coalesce(a.codec, e.codec) as codec, coalesce(a.size, e.size) as size, coalesce(a.body, e.body) as body,
  s.kind as source_kind, s.provider, s.address as source_address, s.settings, w.domains, w.language
from jsonb_to_recordset(%(events)s::jsonb) as x (id uuid)
join posthus.event e on e.id = x.id
left join posthus.event_amendment a on a.event_id = e.id
join posthus.source s on s.id = e.source_id
join posthus.workspace w on w.id = e.workspace_id
order by e.id

-- name: save_messages
-- New messages, or the same ones as a newer parser reads them; whether any of them was read before.
with saved as (
insert into posthus.message as m (id, workspace_id, event_id, position, source_id, contact_id, channel, direction,
  message_id, subject, topic, is_reply, from_name, from_address, recipients, sent_at, received_at, body_text, spans,
  snippet, has_html, has_remote_images, language, list_id, automatic, bulk, headers_only, defects, size,
  reference_ids, own_references, thread_index, has_attachments, words)
select x.id, %(workspace_id)s, x.event_id, x.position, x.source_id, x.contact_id, x.channel, x.direction,
  x.message_id, x.subject, x.topic, x.is_reply, x.from_name, x.from_address, x.recipients, x.sent_at, x.received_at,
  x.body_text, x.spans, x.snippet, x.has_html, x.has_remote_images, x.language, x.list_id, x.automatic, x.bulk,
  x.headers_only, x.defects, x.size, x.reference_ids, x.own_references, x.thread_index, x.has_attachments,
  setweight(to_tsvector(x.configuration::regconfig, x.subject), 'A')
    || setweight(to_tsvector('pg_catalog.simple', x.names), 'B')
    || to_tsvector(x.configuration::regconfig, x.searched)
from jsonb_to_recordset(%(messages)s::jsonb) as x (id uuid, event_id uuid, position int, source_id bigint,
  contact_id bigint, channel text, direction text, message_id text, subject text, topic text, is_reply boolean,
  from_name text, from_address text, recipients jsonb, sent_at timestamptz, received_at timestamptz, body_text text,
  spans jsonb, snippet text, has_html boolean, has_remote_images boolean, language text, list_id text,
  automatic boolean, bulk boolean, headers_only boolean, defects text[], size int, reference_ids uuid[],
  own_references int, thread_index uuid, has_attachments boolean, configuration text, names text, searched text)
on conflict (id) do update set contact_id = excluded.contact_id, channel = excluded.channel,
  direction = excluded.direction, message_id = excluded.message_id, subject = excluded.subject,
  topic = excluded.topic, is_reply = excluded.is_reply, from_name = excluded.from_name,
  from_address = excluded.from_address, recipients = excluded.recipients, sent_at = excluded.sent_at,
  body_text = excluded.body_text, spans = excluded.spans, snippet = excluded.snippet, has_html = excluded.has_html,
  has_remote_images = excluded.has_remote_images, language = excluded.language, list_id = excluded.list_id,
  automatic = excluded.automatic, bulk = excluded.bulk, headers_only = excluded.headers_only,
  defects = excluded.defects, size = excluded.size, reference_ids = excluded.reference_ids,
  own_references = excluded.own_references, thread_index = excluded.thread_index,
  has_attachments = excluded.has_attachments, words = excluded.words
returning m.filed_at < now() as read_before)
select bool_or(saved.read_before) from saved

-- name: drop_messages
-- Messages that an earlier reading found in these events and this one does not.
with vanished as (
  delete from posthus.message m
  using jsonb_to_recordset(%(events)s::jsonb) as x (id uuid, messages int, "from" uuid, "to" uuid)
  where m.id >= x."from" and m.id < x."to" and m.event_id = x.id and m.position >= x.messages
    and m.workspace_id = %(workspace_id)s
  returning m.id, m.event_id
), files as (
  delete from posthus.attachment a using vanished v where a.message_id = v.id
)
select v.id, v.event_id from vanished v

-- name: save_attachments
-- The files that came with the messages; the same numbers when a message is read again.
insert into posthus.attachment as a
  (workspace_id, message_id, position, name, content_type, content_id, inline, size, sha256)
select %(workspace_id)s, x.message_id, x.position, x.name, x.content_type, x.content_id, x.inline, x.size,
  decode(x.sha256, 'hex')
from jsonb_to_recordset(%(attachments)s::jsonb) as x (message_id uuid, position int, name text, content_type text,
  content_id text, inline boolean, size int, sha256 text)
on conflict (message_id, position) do update set name = excluded.name, content_type = excluded.content_type,
  content_id = excluded.content_id, inline = excluded.inline, size = excluded.size, sha256 = excluded.sha256

-- name: drop_attachments
-- Files that an earlier reading found in these messages and this one does not.
delete from posthus.attachment a
using jsonb_to_recordset(%(messages)s::jsonb) as x (id uuid, attachments int)
where a.message_id = x.id and a.position >= x.attachments
