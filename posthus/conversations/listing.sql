-- `/* filter */ true` is where listing.py sets a filter's conditions in.

-- name: list_places
-- A page of conversations, newest message first; `until` is where the next page begins.
select c.last_message_at, c.id
from posthus.conversation_list c
where c.workspace_id = %(workspace_id)s and /* filter */ true
  and (%(last_message_at)s::timestamptz is null
    or (c.last_message_at, c.id) < (%(last_message_at)s::timestamptz, %(id)s::bigint))
  and (%(until_at)s::timestamptz is null
    or (c.last_message_at, c.id) >= (%(until_at)s::timestamptz, %(until_id)s::bigint))
order by c.last_message_at desc, c.id desc
limit %(limit)s

-- name: follow_number
-- The number a conversation has now.
select coalesce((
  select l.conversation_id from posthus.conversation_alias l
  where l.old_id = %(id)s and l.workspace_id = %(workspace_id)s), %(id)s::bigint)

-- name: dress_conversations
-- Some conversations with the names of all that belongs to them.
select c.id, c.subject, c.snippet, c.channel, c.status, c.unread, c.message_count, c.has_attachments,
  c.first_message_at, c.last_message_at, c.snoozed_until, c.held, c.contact_id, k.name as contact_name,
  a.address as contact_address, c.company_id, o.name as company_name, c.assignee_id, m.name as assignee_name,
  c.source_id, s.name as source_name, b.id as board_column_id, b.name as board_column_name,
  case when c.tag_ids = '{}' then '[]' else (
    select coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'color', t.color) order by lower(t.name)), '[]')
    from posthus.tag t where t.id = any (c.tag_ids) and t.deleted_at is null
  ) end as tags
from posthus.conversation c
left join posthus.contact k on k.id = c.contact_id
left join lateral (
  select x.address from posthus.contact_address x where x.contact_id = c.contact_id
  order by x.kind = 'email' desc, x.address limit 1
) a on true
left join posthus.company o on o.id = c.company_id
left join posthus.member m on m.id = c.assignee_id
left join posthus.source s on s.id = c.source_id
left join posthus.board_column b on b.id = c.board_column_id and b.deleted_at is null
where c.workspace_id = %(workspace_id)s and c.id = any (%(ids)s::bigint[])

-- name: count_at_most
-- How many conversations there are, and how many of them are unread; counting stops at `most`.
select (
  select count(*) from (
    select from posthus.conversation_list c
    where c.workspace_id = %(workspace_id)s and /* filter */ true limit %(most)s
  ) found
)::int as count, (
  select count(*) from (
    select from posthus.conversation_list c
    where c.workspace_id = %(workspace_id)s and c.unread and /* filter */ true limit %(most)s
  ) found
)::int as unread

-- name: list_anchors
-- The last row of every page among the newest rows, and the very last of those, whose number is how many they are.
select last_message_at, id, row
from (
  select c.last_message_at, c.id, row_number() over (order by c.last_message_at desc, c.id desc)::int as row,
    lead(c.id) over (order by c.last_message_at desc, c.id desc) is null as is_last
  from (
    select c.last_message_at, c.id from posthus.conversation_list c
    where c.workspace_id = %(workspace_id)s and /* filter */ true
      and (%(until_at)s::timestamptz is null
        or (c.last_message_at, c.id) >= (%(until_at)s::timestamptz, %(until_id)s::bigint))
    order by c.last_message_at desc, c.id desc
    limit %(most)s
  ) c
) ranked
where row %% %(page_size)s = 0 or is_last
order by row

-- name: list_deep_anchors
-- The same for every row older than a place.
select last_message_at, id, row
from (
  select c.last_message_at, c.id, row_number() over (order by c.last_message_at desc, c.id desc)::int as row,
    lead(c.id) over (order by c.last_message_at desc, c.id desc) is null as is_last
  from posthus.conversation_list c
  where c.workspace_id = %(workspace_id)s and /* filter */ true
    and (c.last_message_at, c.id) < (%(last_message_at)s::timestamptz, %(id)s::bigint)
) ranked
where row %% %(page_size)s = 0 or is_last
order by row

-- name: size_up
-- How many conversations a change by filter is about, and the highest number among them.
select count(*)::int as total, coalesce(max(c.id), 0) as last
from posthus.conversation_list c
where c.workspace_id = %(workspace_id)s and /* filter */ true and not (c.id = any (%(except)s::bigint[]))

-- name: next_numbers
-- The next conversations that a change by filter is about, in the order of their numbers.
select c.id
from posthus.conversation_list c
where c.workspace_id = %(workspace_id)s and /* filter */ true and not (c.id = any (%(except)s::bigint[]))
  and c.id > %(position)s and c.id <= %(last)s
order by c.id
limit %(limit)s
