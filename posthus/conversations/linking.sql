-- name: lock_workspace
-- One linker per workspace at a time, until its transaction ends.
select pg_advisory_xact_lock(hashtextextended('posthus.link', %(workspace_id)s))

-- name: load_batch
-- The batch's messages with every reference they name and the conversations already known.
with batch as (
  select x.id from jsonb_to_recordset(%(messages)s::jsonb) as x (id uuid)
)
select m.id::text as message_id, cm.conversation_id, r.reference::text as reference, n.conversation_id as known_id
from batch
join posthus.message m on m.id = batch.id
left join posthus.conversation_message cm on cm.message_id = m.id
left join lateral unnest(m.reference_ids) as r (reference) on true
left join posthus.thread_node n on n.workspace_id = m.workspace_id and n.reference = r.reference
where m.workspace_id = %(workspace_id)s
order by m.id

-- name: reserve_conversations
-- Numbers for conversations about to be made.
select nextval('posthus.conversation_id_seq') from generate_series(1, %(count)s::int)

-- name: merge_nodes
-- References of conversations that turned out to be part of another one.
update posthus.thread_node n set conversation_id = x.winner
from jsonb_to_recordset(%(merges)s::jsonb) as x (loser bigint, winner bigint)
where n.conversation_id = x.loser and n.workspace_id = %(workspace_id)s

-- name: merge_messages
-- Messages of conversations that turned out to be part of another one.
update posthus.conversation_message m set conversation_id = x.winner
from jsonb_to_recordset(%(merges)s::jsonb) as x (loser bigint, winner bigint)
where m.conversation_id = x.loser and m.workspace_id = %(workspace_id)s

-- name: merge_aliases
-- Older numbers go straight to the conversation that is left.
update posthus.conversation_alias a set conversation_id = x.winner
from jsonb_to_recordset(%(merges)s::jsonb) as x (loser bigint, winner bigint)
where a.conversation_id = x.loser and a.workspace_id = %(workspace_id)s

-- name: merge_states
-- What people did to a part counts for the whole: open if one was open, unread if one was unread.
with part as (
  select x.winner, bool_or(c.unread) as unread, bool_or(c.status = 'open') as open,
    (array_agg(c.assignee_id order by c.id) filter (where c.assignee_id is not null))[1] as assignee_id
  from jsonb_to_recordset(%(merges)s::jsonb) as x (loser bigint, winner bigint)
  join posthus.conversation c on c.id = x.loser
  where c.workspace_id = %(workspace_id)s
  group by x.winner
)
update posthus.conversation c
set unread = c.unread or part.unread,
  status = case when part.open then 'open' else c.status end,
  assignee_id = coalesce(c.assignee_id, part.assignee_id)
from part where c.id = part.winner and c.workspace_id = %(workspace_id)s

-- name: remember_aliases
-- The numbers that are gone keep leading to the conversation that is left.
insert into posthus.conversation_alias (workspace_id, old_id, conversation_id)
select %(workspace_id)s, x.loser, x.winner
from jsonb_to_recordset(%(merges)s::jsonb) as x (loser bigint, winner bigint)
on conflict (old_id) do update set conversation_id = excluded.conversation_id

-- name: drop_merged
-- The rows of conversations that became part of another one.
delete from posthus.conversation c
using jsonb_to_recordset(%(merges)s::jsonb) as x (loser bigint, winner bigint)
where c.id = x.loser and c.workspace_id = %(workspace_id)s

-- name: remember_references
-- Ids named for the first time, ghosts among them.
insert into posthus.thread_node (workspace_id, reference, conversation_id)
select %(workspace_id)s, x.reference, x.conversation_id
from jsonb_to_recordset(%(nodes)s::jsonb) as x (reference uuid, conversation_id bigint)
on conflict (workspace_id, reference) do nothing

-- name: place_messages
-- Each message's conversation, with the message's columns that the conversation is described by.
insert into posthus.conversation_message as cm
  (message_id, workspace_id, conversation_id, contact_id, sent_at, has_attachments)
select m.id, m.workspace_id, x.conversation_id, m.contact_id, m.sent_at, m.has_attachments
from jsonb_to_recordset(%(places)s::jsonb) as x (id uuid, conversation_id bigint)
join posthus.message m on m.id = x.id
on conflict (message_id) do update set conversation_id = excluded.conversation_id, contact_id = excluded.contact_id,
  sent_at = excluded.sent_at, has_attachments = excluded.has_attachments
where (cm.conversation_id, cm.contact_id, cm.sent_at, cm.has_attachments)
  is distinct from (excluded.conversation_id, excluded.contact_id, excluded.sent_at, excluded.has_attachments)

-- name: describe_conversations
-- Make or correct conversations from all their messages, so that the order of arrival leaves no trace.
with touched as (
  select x.id, coalesce(news.any_news, false) as news, coalesce(news.reopens, false) as reopens
  from jsonb_to_recordset(%(conversations)s::jsonb) as x (id bigint)
  left join (
    select p.conversation_id, bool_or(m.sent_at > m.received_at - interval '7 days') as any_news,
      bool_or(m.sent_at > m.received_at - interval '7 days' and not m.automatic and not m.bulk) as reopens
    from jsonb_to_recordset(%(arrivals)s::jsonb) as p (id uuid, conversation_id bigint)
    join posthus.message m on m.id = p.id
    where m.direction = 'in'
    group by p.conversation_id
  ) news on news.conversation_id = x.id
)
insert into posthus.conversation as c (id, workspace_id, source_id, channel, subject, snippet, status, unread,
  contact_id, company_id, message_count, has_attachments, first_message_at, last_message_at)
overriding system value
select touched.id, %(workspace_id)s, first.source_id, first.channel, first.topic, last.snippet, 'open', touched.news,
  who.contact_id, k.company_id, total.messages, total.has_attachments, total.first_at, total.last_at
from touched
cross join lateral (
  select count(*) as messages, bool_or(cm.has_attachments) as has_attachments,
    min(cm.sent_at) as first_at, max(cm.sent_at) as last_at
  from posthus.conversation_message cm where cm.conversation_id = touched.id
) total
cross join lateral (
  select m.source_id, m.channel, m.topic
  from posthus.conversation_message cm join posthus.message m on m.id = cm.message_id
  where cm.conversation_id = touched.id order by cm.sent_at, cm.message_id limit 1
) first
cross join lateral (
  select m.snippet
  from posthus.conversation_message cm join posthus.message m on m.id = cm.message_id
  where cm.conversation_id = touched.id order by cm.sent_at desc, cm.message_id desc limit 1
) last
left join lateral (
  select cm.contact_id
  from posthus.conversation_message cm
  where cm.conversation_id = touched.id and cm.contact_id is not null
  order by cm.sent_at, cm.message_id limit 1
) who on true
left join posthus.contact k on k.id = who.contact_id
on conflict (id) do update set source_id = excluded.source_id, channel = excluded.channel,
  subject = excluded.subject, snippet = excluded.snippet, contact_id = excluded.contact_id,
  company_id = excluded.company_id, message_count = excluded.message_count,
  has_attachments = excluded.has_attachments, first_message_at = excluded.first_message_at,
  last_message_at = excluded.last_message_at, unread = c.unread or excluded.unread,
  status = case when c.id = any (array(select t.id from touched t where t.reopens)) then 'open' else c.status end,
  snoozed_until = case when c.id = any (array(select t.id from touched t where t.reopens)) then null else c.snoozed_until end

-- name: show_companies
-- Contacts of the batch whose company was learnt since their conversations were described.
with learnt as (
  select k.id, k.company_id
  from posthus.contact k
  where k.workspace_id = %(workspace_id)s and k.company_id is distinct from k.shown_company_id
    and k.id in (
      select m.contact_id from jsonb_to_recordset(%(places)s::jsonb) as x (id uuid)
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
