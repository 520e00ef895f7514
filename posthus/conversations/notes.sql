-- name: list_notes
-- Notes about a contact or a company, newest first.
select n.id, n.author, m.name as author_name, n.body, n.created_at, n.edited_at, n.conversation_id, n.contact_id, n.company_id,
  (select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name) order by p.name), '[]')
    from posthus.member p where p.id = any (n.mentions) and p.workspace_id = n.workspace_id) as mentions
from posthus.note n
left join posthus.member m on m.id = case when n.author like 'member:%%' then substr(n.author, 8)::bigint end
  and m.workspace_id = n.workspace_id
where n.workspace_id = %(workspace_id)s and n.deleted_at is null
  and (n.contact_id = %(contact_id)s::bigint or n.company_id = %(company_id)s::bigint)
  and (%(created_at)s::timestamptz is null or (n.created_at, n.id) < (%(created_at)s::timestamptz, %(id)s::bigint))
order by n.created_at desc, n.id desc
limit %(limit)s

-- name: find_notes
-- Some notes by number.
select n.id, n.author, m.name as author_name, n.body, n.created_at, n.edited_at, n.conversation_id, n.contact_id, n.company_id,
  (select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name) order by p.name), '[]')
    from posthus.member p where p.id = any (n.mentions) and p.workspace_id = n.workspace_id) as mentions
from posthus.note n
left join posthus.member m on m.id = case when n.author like 'member:%%' then substr(n.author, 8)::bigint end
  and m.workspace_id = n.workspace_id
where n.workspace_id = %(workspace_id)s and n.deleted_at is null and n.id = any (%(ids)s::bigint[])

-- name: add_note
-- A note about a conversation, a contact or a company of the workspace.
insert into posthus.note (workspace_id, conversation_id, contact_id, company_id, author, body, mentions)
select %(workspace_id)s, %(conversation_id)s::bigint, %(contact_id)s::bigint, %(company_id)s::bigint, %(author)s, %(body)s,
  %(mentions)s::bigint[]
where exists (select from posthus.conversation c where c.id = %(conversation_id)s and c.workspace_id = %(workspace_id)s)
  or exists (select from posthus.contact k where k.id = %(contact_id)s and k.workspace_id = %(workspace_id)s)
  or exists (select from posthus.company o where o.id = %(company_id)s and o.workspace_id = %(workspace_id)s)
returning id

-- name: change_note
-- Another text.
update posthus.note n set body = %(body)s, mentions = %(mentions)s::bigint[], edited_at = now()
where n.id = %(id)s and n.workspace_id = %(workspace_id)s and n.deleted_at is null

-- name: delete_note
-- Gone, until somebody takes that back.
update posthus.note n set deleted_at = now()
where n.id = %(id)s and n.workspace_id = %(workspace_id)s and n.deleted_at is null

-- name: known_members
-- Which of some people are members.
select m.id from posthus.member m
where m.workspace_id = %(workspace_id)s and m.disabled_at is null and m.id = any (%(ids)s::bigint[])

-- name: mention
-- People who are mentioned in a note, and those who are no more; the author needs no telling.
with gone as (
  delete from posthus.mention x
  where x.note_id = %(id)s and x.workspace_id = %(workspace_id)s and x.member_id <> all (%(mentions)s::bigint[])
)
insert into posthus.mention (note_id, member_id, workspace_id)
select %(id)s, p, %(workspace_id)s from unnest(%(mentions)s::bigint[]) as p
where p is distinct from %(author_id)s::bigint
on conflict (member_id, note_id) do nothing

-- name: list_mentions
-- Notes that mention a member, newest first.
select x.note_id, x.read_at is not null as read, c.subject as conversation_name, k.name as contact_name, o.name as company_name
from posthus.mention x join posthus.note n on n.id = x.note_id
left join posthus.conversation c on c.id = n.conversation_id
left join posthus.contact k on k.id = n.contact_id
left join posthus.company o on o.id = n.company_id
where x.member_id = %(member_id)s and x.workspace_id = %(workspace_id)s and n.deleted_at is null
  and (not %(unread)s::boolean or x.read_at is null)
  and (%(before)s::bigint is null or x.note_id < %(before)s)
order by x.note_id desc
limit %(limit)s

-- name: read_mentions
-- A member has seen notes, or all of them.
update posthus.mention x set read_at = now()
where x.member_id = %(member_id)s and x.workspace_id = %(workspace_id)s and x.read_at is null
  and (%(notes)s::bigint[] is null or x.note_id = any (%(notes)s::bigint[]))

-- name: count_mentions
-- How many notes that mention a member were not seen.
select count(*) from posthus.mention x join posthus.note n on n.id = x.note_id
where x.member_id = %(member_id)s and x.workspace_id = %(workspace_id)s and x.read_at is null and n.deleted_at is null
