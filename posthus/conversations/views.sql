-- name: list_views
-- The views a member sees: shared ones and their own, in their order.
select v.id, v.name, v.filter, v.shared, v.color, v.owner_id, m.name as owner_name
from posthus.saved_view v join posthus.member m on m.id = v.owner_id
where v.workspace_id = %(workspace_id)s and v.deleted_at is null
  and (v.shared or v.owner_id = %(member_id)s::bigint)
order by v.position, v.id

-- name: add_view
-- A new view, the last one.
insert into posthus.saved_view (workspace_id, owner_id, name, filter, shared, color, position)
select %(workspace_id)s, %(member_id)s, %(name)s, %(filter)s, %(shared)s, %(color)s, coalesce(max(v.position), 0) + 1
from posthus.saved_view v where v.workspace_id = %(workspace_id)s
returning id

-- name: change_view
-- What is given replaces what was.
update posthus.saved_view v
set name = coalesce(%(name)s::text, v.name), filter = coalesce(%(filter)s::jsonb, v.filter),
  shared = coalesce(%(shared)s::boolean, v.shared), color = coalesce(%(color)s::text, v.color)
where v.id = %(id)s and v.workspace_id = %(workspace_id)s and v.deleted_at is null

-- name: order_views
-- The order that a list of numbers gives.
update posthus.saved_view v set position = x.place
from jsonb_array_elements_text(%(ids)s::jsonb) with ordinality as x (id, place)
where v.id = x.id::bigint and v.workspace_id = %(workspace_id)s and v.position is distinct from x.place

-- name: delete_view
-- Gone, until somebody takes that back.
update posthus.saved_view v set deleted_at = now()
where v.id = %(id)s and v.workspace_id = %(workspace_id)s and v.deleted_at is null
