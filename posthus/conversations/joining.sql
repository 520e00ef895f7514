-- name: lock_linking
-- No message is linked while people or companies become one.
select pg_advisory_xact_lock(hashtextextended('posthus.link', %(workspace_id)s))

-- name: known_contacts
-- Which of some contacts are there and stand for themselves.
select k.id from posthus.contact k
where k.workspace_id = %(workspace_id)s and k.id = any (%(ids)s::bigint[]) and k.merged_into is null
order by k.id for no key update

-- name: known_companies
-- Which of some companies are there and stand for themselves.
select c.id from posthus.company c
where c.workspace_id = %(workspace_id)s and c.id = any (%(ids)s::bigint[]) and c.merged_into is null
order by c.id for no key update

-- name: join_contacts
-- Some contacts become one; what moves is answered, so that it can move back.
with losers as (
  select k.id, k.company_id, k.title, k.held from posthus.contact k
  where k.workspace_id = %(workspace_id)s and k.id = any (%(others)s::bigint[])
), addresses as (
  update posthus.contact_address a set contact_id = %(id)s from losers l
  where a.contact_id = l.id and a.workspace_id = %(workspace_id)s
  returning l.id as was, a.kind, a.address
), messages as (
  update posthus.message m set contact_id = %(id)s from losers l
  where m.contact_id = l.id and m.workspace_id = %(workspace_id)s
  returning l.id as was, m.id
), placed as (
  update posthus.conversation_message cm set contact_id = %(id)s from messages m
  where cm.message_id = m.id and cm.workspace_id = %(workspace_id)s
), conversations as (
  update posthus.conversation c set contact_id = %(id)s from losers l
  where c.contact_id = l.id and c.workspace_id = %(workspace_id)s
  returning l.id as was, c.id
), notes as (
  update posthus.note n set contact_id = %(id)s from losers l
  where n.contact_id = l.id and n.workspace_id = %(workspace_id)s
  returning l.id as was, n.id
), merged as (
  update posthus.contact k set merged_into = %(id)s, merged_at = now()
  where k.workspace_id = %(workspace_id)s
    and (k.id = any (%(others)s::bigint[]) or k.merged_into = any (%(others)s::bigint[]))
  returning k.id, k.id <> all (%(others)s::bigint[]) as before
)
select jsonb_build_object(
  'addresses', (select coalesce(jsonb_agg(jsonb_build_object('was', a.was, 'kind', a.kind, 'address', a.address)), '[]') from addresses a),
  'messages', (select coalesce(jsonb_agg(jsonb_build_object('was', m.was, 'id', m.id)), '[]') from messages m),
  'conversations', (select coalesce(jsonb_agg(jsonb_build_object('was', c.was, 'id', c.id)), '[]') from conversations c),
  'notes', (select coalesce(jsonb_agg(jsonb_build_object('was', n.was, 'id', n.id)), '[]') from notes n),
  'company_id', (select l.company_id from losers l where l.company_id is not null order by l.id limit 1),
  'title', (select l.title from losers l where l.title <> '' order by l.id limit 1),
  'held', (select bool_or(l.held) from losers l))

-- name: part_contacts
-- What moved when contacts became one goes back to whom it came from.
with moved as (
  update posthus.contact_address a set contact_id = x.was
  from jsonb_to_recordset(%(moved)s::jsonb -> 'addresses') as x (was bigint, kind text, address text)
  where a.workspace_id = %(workspace_id)s and a.kind = x.kind and a.address = x.address and a.contact_id = %(id)s
), messages as (
  update posthus.message m set contact_id = x.was
  from jsonb_to_recordset(%(moved)s::jsonb -> 'messages') as x (was bigint, id uuid)
  where m.id = x.id and m.workspace_id = %(workspace_id)s and m.contact_id = %(id)s
), placed as (
  update posthus.conversation_message cm set contact_id = x.was
  from jsonb_to_recordset(%(moved)s::jsonb -> 'messages') as x (was bigint, id uuid)
  where cm.message_id = x.id and cm.workspace_id = %(workspace_id)s and cm.contact_id = %(id)s
), conversations as (
  update posthus.conversation c set contact_id = x.was
  from jsonb_to_recordset(%(moved)s::jsonb -> 'conversations') as x (was bigint, id bigint)
  where c.id = x.id and c.workspace_id = %(workspace_id)s and c.contact_id = %(id)s
), notes as (
  update posthus.note n set contact_id = x.was
  from jsonb_to_recordset(%(moved)s::jsonb -> 'notes') as x (was bigint, id bigint)
  where n.id = x.id and n.workspace_id = %(workspace_id)s and n.contact_id = %(id)s
)
update posthus.contact k set merged_into = null, merged_at = null
where k.workspace_id = %(workspace_id)s and k.id = any (%(others)s::bigint[]) and k.merged_into = %(id)s

-- name: join_companies
-- Some companies become one; what moves is answered, so that it can move back.
with losers as (
  select c.id, c.cvr, c.held from posthus.company c
  where c.workspace_id = %(workspace_id)s and c.id = any (%(others)s::bigint[])
), identities as (
  update posthus.company_identity i set company_id = %(id)s from losers l
  where i.company_id = l.id and i.workspace_id = %(workspace_id)s
  returning l.id as was, i.kind, i.value
), contacts as (
  update posthus.contact k set company_id = %(id)s, shown_company_id = %(id)s from losers l
  where k.company_id = l.id and k.workspace_id = %(workspace_id)s
  returning l.id as was, k.id
), conversations as (
  update posthus.conversation c set company_id = %(id)s from losers l
  where c.company_id = l.id and c.workspace_id = %(workspace_id)s
  returning l.id as was, c.id
), notes as (
  update posthus.note n set company_id = %(id)s from losers l
  where n.company_id = l.id and n.workspace_id = %(workspace_id)s
  returning l.id as was, n.id
), merged as (
  update posthus.company c set merged_into = %(id)s, merged_at = now()
  where c.workspace_id = %(workspace_id)s
    and (c.id = any (%(others)s::bigint[]) or c.merged_into = any (%(others)s::bigint[]))
)
select jsonb_build_object(
  'identities', (select coalesce(jsonb_agg(jsonb_build_object('was', i.was, 'kind', i.kind, 'value', i.value)), '[]') from identities i),
  'contacts', (select coalesce(jsonb_agg(jsonb_build_object('was', k.was, 'id', k.id)), '[]') from contacts k),
  'conversations', (select coalesce(jsonb_agg(jsonb_build_object('was', c.was, 'id', c.id)), '[]') from conversations c),
  'notes', (select coalesce(jsonb_agg(jsonb_build_object('was', n.was, 'id', n.id)), '[]') from notes n),
  'cvr', (select l.cvr from losers l where l.cvr is not null order by l.id limit 1),
  'held', (select bool_or(l.held) from losers l))

-- name: part_companies
-- What moved when companies became one goes back to where it came from.
with moved as (
  update posthus.company_identity i set company_id = x.was
  from jsonb_to_recordset(%(moved)s::jsonb -> 'identities') as x (was bigint, kind text, value text)
  where i.workspace_id = %(workspace_id)s and i.kind = x.kind and i.value = x.value and i.company_id = %(id)s
), contacts as (
  update posthus.contact k set company_id = x.was, shown_company_id = x.was
  from jsonb_to_recordset(%(moved)s::jsonb -> 'contacts') as x (was bigint, id bigint)
  where k.id = x.id and k.workspace_id = %(workspace_id)s and k.company_id = %(id)s
), conversations as (
  update posthus.conversation c set company_id = x.was
  from jsonb_to_recordset(%(moved)s::jsonb -> 'conversations') as x (was bigint, id bigint)
  where c.id = x.id and c.workspace_id = %(workspace_id)s and c.company_id = %(id)s
), notes as (
  update posthus.note n set company_id = x.was
  from jsonb_to_recordset(%(moved)s::jsonb -> 'notes') as x (was bigint, id bigint)
  where n.id = x.id and n.workspace_id = %(workspace_id)s and n.company_id = %(id)s
)
update posthus.company c set merged_into = null, merged_at = null
where c.workspace_id = %(workspace_id)s and c.id = any (%(others)s::bigint[]) and c.merged_into = %(id)s

-- name: follow_late_contacts
-- Mail that was being filed while its contact became another one's.
with late as (
  update posthus.message m set contact_id = k.merged_into
  from posthus.contact k where k.merged_at > now() - interval '1 day' and m.contact_id = k.id
), placed as (
  update posthus.conversation_message cm set contact_id = k.merged_into
  from posthus.contact k join posthus.message m on m.contact_id = k.id
  where k.merged_at > now() - interval '1 day' and cm.message_id = m.id
)
update posthus.conversation c set contact_id = k.merged_into
from posthus.contact k where k.merged_at > now() - interval '1 day' and c.contact_id = k.id

-- name: follow_late_companies
-- Contacts and conversations that were given a company while it became another one.
with late as (
  update posthus.contact k set company_id = c.merged_into, shown_company_id = c.merged_into
  from posthus.company c where c.merged_at > now() - interval '1 day' and k.company_id = c.id
)
update posthus.conversation v set company_id = c.merged_into
from posthus.company c where c.merged_at > now() - interval '1 day' and v.company_id = c.id
