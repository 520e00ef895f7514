-- name: list_forwards
-- What happened in a conversation, oldest first: messages, notes, and what people did (reading is no deed).
select found.at, found.kind, found.key
from (
  (select l.sent_at as at, 'message' as kind, l.message_id::text as key
  from posthus.conversation_message l
  where l.conversation_id = %(id)s and l.workspace_id = %(workspace_id)s
    and (%(at)s::timestamptz is null or (l.sent_at >= %(at)s::timestamptz
      and (l.sent_at, 'message', l.message_id::text) > (%(at)s::timestamptz, %(kind)s::text, %(key)s::text)))
  order by l.sent_at, l.message_id limit %(limit)s)
  union all
  (select n.created_at, 'note', n.id::text
  from posthus.note n
  where n.conversation_id = any (%(numbers)s::bigint[]) and n.workspace_id = %(workspace_id)s and n.deleted_at is null
    and (%(at)s::timestamptz is null or (n.created_at >= %(at)s::timestamptz
      and (n.created_at, 'note', n.id::text) > (%(at)s::timestamptz, %(kind)s::text, %(key)s::text)))
  order by n.created_at, n.id limit %(limit)s)
  union all
  (select a.at, 'activity', a.id::text
  from posthus.activity a
  where a.conversation_id = any (%(numbers)s::bigint[]) and a.workspace_id = %(workspace_id)s
    and (a.action not in ('changed', 'undone') or a.after - array['unread', 'board_rank'] <> '{}')
    and (%(at)s::timestamptz is null or (a.at >= %(at)s::timestamptz
      and (a.at, 'activity', a.id::text) > (%(at)s::timestamptz, %(kind)s::text, %(key)s::text)))
  order by a.at, a.id limit %(limit)s)
) found
order by found.at, found.kind, found.key
limit %(limit)s

-- name: list_backwards
-- The same from its end, newest first.
select found.at, found.kind, found.key
from (
  (select l.sent_at as at, 'message' as kind, l.message_id::text as key
  from posthus.conversation_message l
  where l.conversation_id = %(id)s and l.workspace_id = %(workspace_id)s
    and (%(at)s::timestamptz is null or (l.sent_at <= %(at)s::timestamptz
      and (l.sent_at, 'message', l.message_id::text) < (%(at)s::timestamptz, %(kind)s::text, %(key)s::text)))
  order by l.sent_at desc, l.message_id desc limit %(limit)s)
  union all
  (select n.created_at, 'note', n.id::text
  from posthus.note n
  where n.conversation_id = any (%(numbers)s::bigint[]) and n.workspace_id = %(workspace_id)s and n.deleted_at is null
    and (%(at)s::timestamptz is null or (n.created_at <= %(at)s::timestamptz
      and (n.created_at, 'note', n.id::text) < (%(at)s::timestamptz, %(kind)s::text, %(key)s::text)))
  order by n.created_at desc, n.id desc limit %(limit)s)
  union all
  (select a.at, 'activity', a.id::text
  from posthus.activity a
  where a.conversation_id = any (%(numbers)s::bigint[]) and a.workspace_id = %(workspace_id)s
    and (a.action not in ('changed', 'undone') or a.after - array['unread', 'board_rank'] <> '{}')
    and (%(at)s::timestamptz is null or (a.at <= %(at)s::timestamptz
      and (a.at, 'activity', a.id::text) < (%(at)s::timestamptz, %(kind)s::text, %(key)s::text)))
  order by a.at desc, a.id desc limit %(limit)s)
) found
order by found.at desc, found.kind desc, found.key desc
limit %(limit)s

-- name: find_activities
-- Some activities, with what they offer to take back.
select a.id, a.at, a.actor, m.name as actor_name, a.action, a.before, a.after, u.id as undo_id, u.until as undo_until
from posthus.activity a
left join posthus.member m on m.id = case when a.actor like 'member:%%' then substr(a.actor, 8)::bigint end
  and m.workspace_id = a.workspace_id
left join posthus.undo u on u.id = a.undo_id and u.used_at is null and u.until > now()
where a.workspace_id = %(workspace_id)s and a.id = any (%(ids)s::bigint[])

-- name: names_of
-- What members, tags and columns are called, also those that are gone.
select 'member' as kind, m.id, m.name, '' as color from posthus.member m
where m.workspace_id = %(workspace_id)s and m.id = any (%(members)s::bigint[])
union all
select 'tag', t.id, t.name, t.color from posthus.tag t
where t.workspace_id = %(workspace_id)s and t.id = any (%(tags)s::bigint[])
union all
select 'column', b.id, b.name, b.color from posthus.board_column b
where b.workspace_id = %(workspace_id)s and b.id = any (%(columns)s::bigint[])

-- name: numbers_of
-- Every number a conversation has had: what people wrote keeps the number it was written under.
select %(id)s::bigint union select l.old_id from posthus.conversation_alias l
where l.conversation_id = %(id)s and l.workspace_id = %(workspace_id)s
