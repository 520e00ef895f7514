-- name: change_conversations
-- Change some conversations and note for each what was and what became; only what really changes counts.
with target as (
  select c.*, posthus.conversation_state(c) as state
  from posthus.conversation c
  -- An array, not a join: under row level security a cast in a join's condition keeps the index from being used.
  where c.workspace_id = %(workspace_id)s
    and c.id = any (array(select x::bigint from jsonb_array_elements_text(%(ids)s::jsonb) as x))
  order by c.id
  for no key update of c
), wanted as (
  select t.id, coalesce(%(status)s::text, t.status) as status, coalesce(%(unread)s::boolean, t.unread) as unread,
    coalesce(%(held)s::boolean, t.held) as held,
    case when %(assign)s::boolean then %(assignee_id)s::bigint else t.assignee_id end as assignee_id,
    case when %(snooze)s::boolean then %(snoozed_until)s::timestamptz
      when %(status)s::text = 'closed' then null else t.snoozed_until end as snoozed_until,
    array(
      select x from (select unnest(t.tag_ids || %(add_tags)s::bigint[])) as u (x)
      where x <> all (%(remove_tags)s::bigint[]) group by x order by x) as tag_ids,
    case when %(place)s::boolean then %(board_column_id)s::bigint
      -- Nobody waits for what is closed; what a person has placed stays.
      when t.board_by_rule and %(status)s::text = 'closed' then null else t.board_column_id end as board_column_id,
    case when t.board_by_rule and not %(place)s::boolean and %(status)s::text = 'closed' then null
      when not %(place)s::boolean then t.board_rank
      when %(board_column_id)s::bigint is null then null
      when %(board_rank)s::numeric is not null then %(board_rank)s::numeric
      when t.board_column_id = %(board_column_id)s::bigint then t.board_rank
      else coalesce((
        select min(b.board_rank) from posthus.conversation b where b.board_column_id = %(board_column_id)s::bigint
      ), 0) - row_number() over (order by t.last_message_at, t.id) end as board_rank
  from target t
), changed as (
  update posthus.conversation c
  set status = w.status, unread = w.unread, held = w.held, assignee_id = w.assignee_id, snoozed_until = w.snoozed_until,
    tag_ids = w.tag_ids, board_column_id = w.board_column_id, board_rank = w.board_rank,
    board_by_rule = c.board_by_rule and not %(place)s::boolean and w.board_column_id is not null
  from wanted w
  where c.id = w.id
    and (c.status, c.unread, c.held, c.assignee_id, c.snoozed_until, c.tag_ids, c.board_column_id, c.board_rank)
      is distinct from (w.status, w.unread, w.held, w.assignee_id, w.snoozed_until, w.tag_ids, w.board_column_id, w.board_rank)
  returning c.id, posthus.conversation_state(c) as state
), noted as (
  insert into posthus.activity (workspace_id, conversation_id, actor, action, before, after, undo_id)
  select %(workspace_id)s, t.id, %(actor)s, 'changed', posthus.what_differs(t.state, n.state),
    posthus.what_differs(n.state, t.state), %(undo_id)s::bigint
  from target t join changed n on n.id = t.id
  where %(noted)s::boolean
)
select count(*)::int from changed

-- name: take_back
-- Give the next conversations of a change back what they had, field by field, where nobody has changed it since.
with done as (
  select a.id, a.conversation_id, a.before, a.after
  from posthus.activity a
  where a.undo_id = %(undo_id)s and a.workspace_id = %(workspace_id)s and a.action = 'changed' and a.id > %(position)s
  order by a.id
  limit %(limit)s
), target as (
  select c.*, posthus.conversation_state(c) as state
  from posthus.conversation c
  where c.workspace_id = %(workspace_id)s and c.id = any (array(select d.conversation_id from done d))
  order by c.id
  for no key update of c
), back as (
  select t.id, d.before, k.kept, t.state || coalesce(k.earlier, '{}') as state
  from target t join done d on d.conversation_id = t.id
  cross join lateral (
    select jsonb_object_agg(b.key, b.value) filter (where t.state -> b.key = d.after -> b.key) as earlier,
      bool_or(t.state -> b.key is distinct from d.after -> b.key) as kept
    from jsonb_each(d.before) b
  ) k
), changed as (
  update posthus.conversation c
  set status = b.state ->> 'status', unread = (b.state ->> 'unread')::boolean, held = (b.state ->> 'held')::boolean,
    assignee_id = (b.state ->> 'assignee_id')::bigint,
    snoozed_until = (b.state ->> 'snoozed_until')::timestamp at time zone 'utc',
    tag_ids = array(select x::bigint from jsonb_array_elements_text(b.state -> 'tag_ids') as x),
    board_column_id = (b.state ->> 'board_column_id')::bigint, board_rank = (b.state ->> 'board_rank')::numeric,
    board_by_rule = c.board_by_rule and (b.state ->> 'board_column_id')::bigint is not distinct from c.board_column_id
  from back b
  where c.id = b.id and b.state <> posthus.conversation_state(c)
  returning c.id, posthus.conversation_state(c) as state
), noted as (
  insert into posthus.activity (workspace_id, conversation_id, actor, action, before, after)
  select %(workspace_id)s, t.id, %(actor)s, 'undone', posthus.what_differs(t.state, n.state),
    posthus.what_differs(n.state, t.state)
  from target t join changed n on n.id = t.id
)
select (select count(*)::int from done) as looked_at, (select coalesce(max(d.id), 0) from done d) as position,
  (select count(*)::int from changed) as restored, (select count(*)::int from back b where b.kept) as kept

-- name: unknown_tags
-- Which of some tags are not there.
select x::bigint from unnest(%(tags)s::bigint[]) as x
where not exists (
  select from posthus.tag t where t.id = x and t.workspace_id = %(workspace_id)s and t.deleted_at is null)

-- name: find_column
-- A column of the board, and whether it takes what is placed nowhere.
select b.takes_new from posthus.board_column b
where b.id = %(board_column_id)s and b.workspace_id = %(workspace_id)s and b.deleted_at is null

-- name: find_assignee
-- Whether a member can be given work.
select count(*) from posthus.member m
where m.id = %(assignee_id)s and m.workspace_id = %(workspace_id)s and m.disabled_at is null

-- name: wake
-- Conversations whose time has come: awake and unread.
with due as (
  select c.id from posthus.conversation c
  where c.snoozed_until <= now()
  order by c.snoozed_until
  limit 1000
  for no key update skip locked
), woken as (
  update posthus.conversation c set snoozed_until = null, unread = true
  from due where c.id = due.id
  returning c.id, c.workspace_id
), noted as (
  insert into posthus.activity (workspace_id, conversation_id, actor, action)
  select workspace_id, id, 'system', 'woken' from woken
)
select count(*)::int from woken
