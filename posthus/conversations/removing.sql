-- name: settle_events
-- What goes with some messages: events that no other message was read from, and files nobody else has.
with gone as (
  select m.id, m.event_id from posthus.message m
  where m.workspace_id = %(workspace_id)s and m.id = any (%(messages)s::uuid[])
), events as (
  select distinct g.event_id as id from gone g
  where not exists (
    select from posthus.message o where o.event_id = g.event_id and o.workspace_id = %(workspace_id)s
      and o.id <> all (%(messages)s::uuid[])
      -- A message's number begins with its event's moment, so only few rows are looked at.
      and o.id between (left(g.event_id::text, 13) || '-0000-0000-000000000000')::uuid
        and (left(g.event_id::text, 13) || '-ffff-ffff-ffffffffffff')::uuid)
)
select (select coalesce(array_agg(e.id), '{}') from events e) as events,
  (select coalesce(array_agg(distinct cm.conversation_id), '{}') from posthus.conversation_message cm
    where cm.message_id = any (%(messages)s::uuid[]) and cm.workspace_id = %(workspace_id)s) as conversations,
  (select coalesce(array_agg(distinct w.lexeme), '{}') from posthus.message m cross join lateral unnest(m.words) w
    where m.id = any (%(messages)s::uuid[]) and m.workspace_id = %(workspace_id)s) as words

-- name: remove_messages
-- Messages with everything made of them; what is kept are hashes, so that they are not taken in again.
with vectors as (
  delete from posthus.chunk_vector v where v.message_id = any (%(messages)s::uuid[]) and v.workspace_id = %(workspace_id)s
), chunks as (
  delete from posthus.chunk c where c.message_id = any (%(messages)s::uuid[]) and c.workspace_id = %(workspace_id)s
  returning c.id
), indexed as (
  delete from posthus.message_indexed i where i.message_id = any (%(messages)s::uuid[]) and i.workspace_id = %(workspace_id)s
), files as (
  delete from posthus.attachment a where a.message_id = any (%(messages)s::uuid[]) and a.workspace_id = %(workspace_id)s
  returning a.id
), cuts as (
  delete from posthus.conversation_cut c where c.message_id = any (%(messages)s::uuid[]) and c.workspace_id = %(workspace_id)s
), tried as (
  delete from posthus.retry r
  where r.subject = any (%(messages)s::uuid[] || %(events)s::uuid[]) and r.workspace_id = %(workspace_id)s
), buried as (
  delete from posthus.buried b
  where b.subject = any (%(messages)s::uuid[] || %(events)s::uuid[]) and b.workspace_id = %(workspace_id)s
), placed as (
  delete from posthus.conversation_message l where l.message_id = any (%(messages)s::uuid[]) and l.workspace_id = %(workspace_id)s
), amended as (
  delete from posthus.event_amendment e where e.event_id = any (%(events)s::uuid[]) and e.workspace_id = %(workspace_id)s
), originals as (
  delete from posthus.event e where e.id = any (%(events)s::uuid[]) and e.workspace_id = %(workspace_id)s
  returning e.id
), messages as (
  delete from posthus.message m where m.id = any (%(messages)s::uuid[]) and m.workspace_id = %(workspace_id)s
  returning m.id
)
select (select count(*)::int from messages) as messages, (select count(*)::int from originals) as originals,
  (select count(*)::int from files) as files, (select count(*)::int from chunks) as chunks

-- name: drop_words
-- Words for the spelling of searches that no message has any more.
delete from posthus.search_word w
where w.workspace_id = %(workspace_id)s and w.word = any (%(words)s::text[]) and not exists (
  select from posthus.message m
  where m.workspace_id = %(workspace_id)s and m.words @@ (quote_literal(w.word))::tsquery)

-- name: drop_empty
-- Conversations that nothing is left in, with what people added to them.
with empty as (
  select c.id from posthus.conversation c
  where c.id = any (%(conversations)s::bigint[]) and c.workspace_id = %(workspace_id)s
    and not exists (select from posthus.conversation_message l where l.conversation_id = c.id)
), numbers as (
  select e.id as number from empty e
  union select a.old_id from posthus.conversation_alias a join empty e on e.id = a.conversation_id
), notes as (
  delete from posthus.note n using numbers x where n.conversation_id = x.number and n.workspace_id = %(workspace_id)s
  returning n.id
), activities as (
  delete from posthus.activity a using numbers x where a.conversation_id = x.number and a.workspace_id = %(workspace_id)s
), present as (
  delete from posthus.presence p using numbers x where p.conversation_id = x.number and p.workspace_id = %(workspace_id)s
), nodes as (
  delete from posthus.thread_node t using numbers x where t.thread_id = x.number and t.workspace_id = %(workspace_id)s
), ties as (
  delete from posthus.conversation_tie t
  where t.workspace_id = %(workspace_id)s and (t.one in (select number from numbers) or t.other in (select number from numbers))
), aliases as (
  delete from posthus.conversation_alias a using empty e where a.conversation_id = e.id and a.workspace_id = %(workspace_id)s
), gone as (
  delete from posthus.conversation c using empty e where c.id = e.id
  returning c.id
)
select (select count(*)::int from gone) as conversations, (select count(*)::int from notes) as notes
