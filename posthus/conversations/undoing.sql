-- name: restore_tag
-- A deleted tag is back, unless its name was given to another one since.
update posthus.tag t set deleted_at = null
where t.id = %(id)s and t.workspace_id = %(workspace_id)s and t.deleted_at is not null and not exists (
  select from posthus.tag o where o.workspace_id = t.workspace_id and lower(o.name) = lower(t.name) and o.deleted_at is null)

-- name: restore_view
-- A deleted view is back.
update posthus.saved_view v set deleted_at = null
where v.id = %(id)s and v.workspace_id = %(workspace_id)s and v.deleted_at is not null

-- name: restore_column
-- A deleted column of the board is back.
update posthus.board_column b set deleted_at = null
where b.id = %(id)s and b.workspace_id = %(workspace_id)s and b.deleted_at is not null

-- name: restore_note
-- A deleted note is back.
update posthus.note n set deleted_at = null
where n.id = %(id)s and n.workspace_id = %(workspace_id)s and n.deleted_at is not null

-- name: has_activities
-- Whether changes of conversations are left to be taken back.
select count(*) from (
  select from posthus.activity a
  where a.undo_id = %(undo_id)s and a.workspace_id = %(workspace_id)s and a.action = 'changed' and a.id > %(position)s
  limit 1) left_over

-- name: stop_errand
-- A change that is taken back does not go on.
update posthus.errand e set state = 'cancelled', finished_at = now()
where e.undo_id = %(undo_id)s and e.workspace_id = %(workspace_id)s and e.state in ('waiting', 'running')
