-- name: add_companies
-- Companies and tags; the numbers of each follow upon one another.
with made as (
  insert into posthus.company (workspace_id, name)
  select %(workspace_id)s, 'Firma ' || n || case n %% 3 when 0 then ' ApS' when 1 then ' A/S' else '' end
  from generate_series(1, %(companies)s) n
)
insert into posthus.tag (workspace_id, name, color)
select %(workspace_id)s, name, 'blue' from unnest(array['Haster', 'Reklamation', 'Tilbud', 'Sjælden']) as name

-- name: add_contacts
-- Contacts with an address each; a few companies have very many of them.
with first as (
  select min(id) as company from posthus.company where workspace_id = %(workspace_id)s
), contacts as (
  insert into posthus.contact (workspace_id, name, company_id, shown_company_id)
  select %(workspace_id)s, (array['Mette','Søren','Åse','Jens','Kirsten','Lars','Ida','Bo'])[1 + n %% 8] || ' '
    || (array['Holm','Jensen','Østergaard','Nielsen','Bak','Krogh','Lund'])[1 + n %% 7] || ' ' || n, c.id, c.id
  from first, generate_series(1, %(contacts)s) n,
    lateral (select first.company + floor(%(companies)s * power(((n * 7919) %% 100003) / 100003.0, 3))::bigint as id) c
  returning id
)
insert into posthus.contact_address (workspace_id, kind, address, contact_id)
select %(workspace_id)s, 'email', 'kunde' || id || '@example.com', id from contacts

-- name: bounds
-- The numbers that were drawn.
select (select min(id) from posthus.contact where workspace_id = %(workspace_id)s) as contact,
  (select min(id) from posthus.tag where workspace_id = %(workspace_id)s) as tag

-- name: add_conversations
-- A stretch of conversations with one message each; the newest is a minute old.
with made as (
  insert into posthus.conversation (workspace_id, source_id, channel, subject, snippet, status, unread, assignee_id,
    contact_id, company_id, message_count, has_attachments, first_message_at, last_message_at, tag_ids, snoozed_until)
  select %(workspace_id)s, %(source_id)s, case when n %% 12 = 0 then 'chat' else 'email' end,
    (array['Tilbud på tag','Faktura','Reklamation over rende','Tid til besigtigelse','Levering'])[1 + n %% 5] || ' nr. ' || n,
    'Goddag, vi har et spørgsmål om sag ' || n || ', som vi talte om i telefonen.',
    case when n %% 10 < 6 then 'closed' else 'open' end, n %% 14 = 0,
    case when n %% 5 = 0 then %(member_id)s end, k.id, k.company_id, 1, n %% 9 = 0,
    now() - n * interval '1 minute', now() - n * interval '1 minute',
    case when n %% 50000 = 0 then array[%(tag)s + 3] when n %% 7 = 0 then array[%(tag)s + n %% 3] else '{}' end,
    case when n %% 10 >= 6 and n %% 100 = 7 then now() + interval '30 days' end
  from generate_series(%(from)s::int, %(to)s::int) n
  join posthus.contact k on k.id = %(contact)s + (n::bigint * 104729) %% %(contacts)s
  returning id, contact_id, subject, snippet, channel, last_message_at, has_attachments
), said as (
  insert into posthus.message (id, workspace_id, event_id, source_id, contact_id, channel, direction, message_id, subject,
    topic, from_name, from_address, sent_at, received_at, body_text, spans, snippet, words)
  select gen_random_uuid(), %(workspace_id)s, gen_random_uuid(), %(source_id)s, m.contact_id, m.channel, 'in',
    m.id || '@example.com', m.subject, m.subject, 'Kunde', 'kunde' || m.contact_id || '@example.com', m.last_message_at,
    m.last_message_at, m.snippet, jsonb_build_array(jsonb_build_array('new', 0, length(m.snippet))), m.snippet,
    case when m.id %% 20 = 0 then to_tsvector('danish', m.subject || ' ' || m.snippet) else ''::tsvector end
  from made m
  returning id, message_id
)
insert into posthus.conversation_message (message_id, workspace_id, conversation_id, contact_id, sent_at, has_attachments)
select s.id, %(workspace_id)s, m.id, m.contact_id, m.last_message_at, m.has_attachments
from said s join made m on m.id || '@example.com' = s.message_id
