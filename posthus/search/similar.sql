-- name: vectors_of_conversation
-- The vectors of a conversation's beginning and end, as one: their mean, of no particular length.
with own as (
  select cm.message_id, row_number() over (order by cm.sent_at, cm.message_id) as first,
    row_number() over (order by cm.sent_at desc, cm.message_id desc) as last
  from posthus.conversation_message cm
  where cm.conversation_id = %(conversation)s::bigint and cm.workspace_id = %(workspace)s::bigint),
chosen as (select message_id from own where first <= 4 or last <= 2)
select v.model_id::bigint as model, extensions.avg(v.v::extensions.vector)::text as mean, count(*) as vectors
from chosen join posthus.chunk_vector v on v.message_id = chosen.message_id
group by v.model_id order by v.model_id desc limit 1;

-- name: conversation_subject
-- What a conversation is called, by its own number or that of one that became part of it.
select c.id, c.subject from posthus.conversation c
where c.workspace_id = %(workspace)s::bigint and c.id = coalesce(
  (select a.conversation_id from posthus.conversation_alias a
   where a.workspace_id = %(workspace)s::bigint and a.old_id = %(conversation)s::bigint), %(conversation)s::bigint);

-- name: similar_shown
-- Everything that similar conversations show; each once, by its nearest message.
with near as (
  select distinct on (cm.conversation_id) cm.conversation_id, n.id, n.chunk_id, n.likeness
  from jsonb_to_recordset(%(found)s::jsonb) as n(id uuid, chunk_id bigint, likeness float8)
  join posthus.conversation_message cm on cm.message_id = n.id and cm.workspace_id = %(workspace)s::bigint
  where cm.conversation_id <> %(conversation)s::bigint
  order by cm.conversation_id, n.likeness desc, n.id)
select c.id as conversation_id, near.id as message_id, c.subject, c.status, c.last_message_at, near.likeness,
  m.body_text, m.spans, h.start_offset as chunk_start, h.end_offset as chunk_end,
  c.contact_id, coalesce(k.name, '') as contact_name, c.company_id, coalesce(f.name, '') as company_name,
  coalesce((select a.address from posthus.contact_address a where a.contact_id = c.contact_id order by a.kind, a.address limit 1), '') as contact_address
from near join posthus.conversation c on c.id = near.conversation_id
join posthus.message m on m.id = near.id
left join posthus.chunk h on h.id = near.chunk_id
left join posthus.contact k on k.id = c.contact_id
left join posthus.company f on f.id = c.company_id
order by near.likeness desc, c.id desc limit %(most)s::int;
