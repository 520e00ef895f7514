-- name: list_tags
-- The workspace's tags by name.
select t.id, t.name, t.color
from posthus.tag t
where t.workspace_id = %(workspace_id)s and t.deleted_at is null
order by lower(t.name), t.id

-- name: add_tag
-- A new tag; nothing where the name is taken.
insert into posthus.tag (workspace_id, name, color)
values (%(workspace_id)s, %(name)s, %(color)s)
on conflict (workspace_id, lower(name)) where deleted_at is null do nothing
returning id, name, color

-- name: change_tag
-- Another name or colour, unless the name is taken.
update posthus.tag t
set name = coalesce(%(name)s::text, t.name), color = coalesce(%(color)s::text, t.color)
where t.id = %(id)s and t.workspace_id = %(workspace_id)s and t.deleted_at is null and not exists (
  select from posthus.tag o
  where o.workspace_id = t.workspace_id and o.id <> t.id and o.deleted_at is null and lower(o.name) = lower(%(name)s::text))
returning id, name, color

-- name: delete_tag
-- Gone, until somebody takes that back.
update posthus.tag t set deleted_at = now()
where t.id = %(id)s and t.workspace_id = %(workspace_id)s and t.deleted_at is null

-- name: has_tag
-- Whether there is such a tag.
select count(*) from posthus.tag t where t.id = %(id)s and t.workspace_id = %(workspace_id)s and t.deleted_at is null
