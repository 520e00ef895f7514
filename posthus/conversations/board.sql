-- name: list_columns
-- The board from left to right.
select b.id, b.name, b.color, b.takes_new
from posthus.board_column b
where b.workspace_id = %(workspace_id)s and b.deleted_at is null
order by b.position, b.id

-- name: add_column
-- A new column, at the right.
insert into posthus.board_column (workspace_id, name, color, position)
select %(workspace_id)s, %(name)s, %(color)s, coalesce(max(b.position), 0) + 1
from posthus.board_column b where b.workspace_id = %(workspace_id)s
returning id

-- name: change_column
-- What is given replaces what was.
update posthus.board_column b set name = coalesce(%(name)s::text, b.name), color = coalesce(%(color)s::text, b.color)
where b.id = %(id)s and b.workspace_id = %(workspace_id)s and b.deleted_at is null

-- name: order_columns
-- The order that a list of numbers gives.
update posthus.board_column b set position = x.place
from jsonb_array_elements_text(%(ids)s::jsonb) with ordinality as x (id, place)
where b.id = x.id::bigint and b.workspace_id = %(workspace_id)s and b.position is distinct from x.place

-- name: delete_column
-- Gone, until somebody takes that back; the one that takes what is new stays.
update posthus.board_column b set deleted_at = now()
where b.id = %(id)s and b.workspace_id = %(workspace_id)s and b.deleted_at is null and not b.takes_new

-- name: list_cards
-- The cards of a column from its top.
select c.board_rank::text as rank, c.id
from posthus.conversation_list c
where c.workspace_id = %(workspace_id)s and c.board_column_id = %(column_id)s
  and (%(rank)s::numeric is null or (c.board_rank, c.id) > (%(rank)s::numeric, %(id)s::bigint))
order by c.board_rank, c.id
limit %(limit)s

-- name: rank_after
-- The place under a card, half way to the next one, or at the top of the column.
select coalesce((
  select case when below.board_rank is null then above.board_rank + 1 else (above.board_rank + below.board_rank) * 0.5 end
  from posthus.conversation_list above
  left join lateral (
    select n.board_rank from posthus.conversation_list n
    where n.board_column_id = above.board_column_id and n.workspace_id = above.workspace_id
      and (n.board_rank, n.id) > (above.board_rank, above.id) and n.id <> %(moved)s
    order by n.board_rank, n.id limit 1
  ) below on true
  where above.id = %(after)s::bigint and above.workspace_id = %(workspace_id)s and above.board_column_id = %(column_id)s
), (
  select min(t.board_rank) - 1 from posthus.conversation_list t
  where t.workspace_id = %(workspace_id)s and t.board_column_id = %(column_id)s and t.id <> %(moved)s
), 0)::text
