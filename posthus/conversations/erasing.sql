-- name: hold_contact
-- A contact and those who became part of it, held until the transaction ends.
select k.id, k.name, k.held or exists (
    select from posthus.company o where o.id = k.company_id and o.held
  ) or exists (
    select from posthus.conversation c where c.contact_id = k.id and c.held and c.workspace_id = k.workspace_id
  ) as held
from posthus.contact k
where k.workspace_id = %(workspace_id)s and (k.id = %(id)s or k.merged_into = %(id)s)
order by k.id
for no key update

-- name: addresses_of
-- Every address of some contacts.
select a.address from posthus.contact_address a
where a.workspace_id = %(workspace_id)s and a.contact_id = any (%(contacts)s::bigint[])
order by a.address

-- name: theirs
-- Messages that some contacts wrote, and all of the conversations that are theirs.
select m.id from posthus.message m
where m.workspace_id = %(workspace_id)s and m.contact_id = any (%(contacts)s::bigint[])
union
select l.message_id from posthus.conversation c join posthus.conversation_message l on l.conversation_id = c.id
where c.workspace_id = %(workspace_id)s and c.contact_id = any (%(contacts)s::bigint[])
limit %(limit)s

-- name: count_theirs
-- How much that is.
select count(distinct x.id)::int as messages, count(distinct l.conversation_id)::int as conversations,
  (select count(*)::int from posthus.note n
    where n.workspace_id = %(workspace_id)s and n.contact_id = any (%(contacts)s::bigint[])) as notes,
  (select count(*)::int from posthus.attachment a where a.message_id in (
    select m.id from posthus.message m
    where m.workspace_id = %(workspace_id)s and m.contact_id = any (%(contacts)s::bigint[]))) as files
from (
  select m.id from posthus.message m
  where m.workspace_id = %(workspace_id)s and m.contact_id = any (%(contacts)s::bigint[])
  union
  select l.message_id from posthus.conversation c join posthus.conversation_message l on l.conversation_id = c.id
  where c.workspace_id = %(workspace_id)s and c.contact_id = any (%(contacts)s::bigint[])
) x
left join posthus.conversation_message l on l.message_id = x.id

-- name: drop_contact
-- The contact itself, with its addresses, its notes, and what could bring it back.
with mentions as (
  delete from posthus.undo u
  where u.workspace_id = %(workspace_id)s and u.kind in ('contact', 'join contact')
    and ((u.detail ->> 'id')::bigint = any (%(contacts)s::bigint[]) or u.detail -> 'others' ?| %(texts)s::text[])
), exports as (
  delete from posthus.errand e
  where e.workspace_id = %(workspace_id)s and e.kind = 'export' and (e.request ->> 'contact_id')::bigint = any (%(contacts)s::bigint[])
), apart as (
  delete from posthus.not_duplicate d
  where d.workspace_id = %(workspace_id)s and d.kind = 'contact'
    and (d.one = any (%(contacts)s::bigint[]) or d.other = any (%(contacts)s::bigint[]))
), notes as (
  delete from posthus.note n
  where n.workspace_id = %(workspace_id)s and n.contact_id = any (%(contacts)s::bigint[])
  returning n.id
), merged as (
  update posthus.conversation_alias a set was = a.was || '{"subject": "", "snippet": "", "contact_id": null}'
  where a.workspace_id = %(workspace_id)s and (a.was ->> 'contact_id')::bigint = any (%(contacts)s::bigint[])
), addresses as (
  delete from posthus.contact_address a
  where a.workspace_id = %(workspace_id)s and a.contact_id = any (%(contacts)s::bigint[])
)
select count(*)::int from notes

-- name: drop_person
-- The rows that nothing leads to any more.
delete from posthus.contact k where k.workspace_id = %(workspace_id)s and k.id = any (%(contacts)s::bigint[])

-- name: redact_recipients
-- Other people's messages name nobody by these addresses any more.
update posthus.message m
set words = ts_delete(m.words, %(lexemes)s::text[]), recipients = jsonb_build_object(
  'to', (select coalesce(jsonb_agg(r), '[]') from jsonb_array_elements(m.recipients -> 'to') r
    where lower(r ->> 'address') <> all (%(addresses)s::text[])),
  'cc', (select coalesce(jsonb_agg(r), '[]') from jsonb_array_elements(m.recipients -> 'cc') r
    where lower(r ->> 'address') <> all (%(addresses)s::text[])))
where m.workspace_id = %(workspace_id)s and exists (
  select from jsonb_array_elements(m.recipients -> 'to' || (m.recipients -> 'cc')) r
  where lower(r ->> 'address') = any (%(addresses)s::text[]))

-- name: lexemes_of
-- What addresses are found by in searches.
select coalesce(array_agg(distinct w.lexeme), '{}')
from unnest(%(addresses)s::text[]) as a cross join lateral unnest(to_tsvector('simple', a)) w

-- name: list_receipts
-- What was erased, newest first.
select e.id, e.finished_at as at, e.actor, e.result
from posthus.errand e
where e.workspace_id = %(workspace_id)s and e.kind = 'erase' and e.state = 'done'
  and (%(before)s::bigint is null or e.id < %(before)s)
order by e.id desc
limit %(limit)s
