-- name: add_errand
-- Work to be done in steps; the same shape is read back everywhere.
insert into posthus.errand (workspace_id, actor, kind, request, state, position, last, total, done, changed, undo_id,
  started_at, finished_at)
values (%(workspace_id)s, %(actor)s, %(kind)s, %(request)s, %(state)s, %(position)s, %(last)s, %(total)s, %(done)s,
  %(changed)s, %(undo_id)s, case when %(state)s <> 'waiting' then now() end, case when %(state)s = 'done' then now() end)
returning id

-- name: find_errand
-- One errand with its offer to be taken back.
select e.id, e.workspace_id, e.actor, e.kind, e.state, e.request, e.position, e.last, e.total, e.done, e.changed,
  e.failures, e.error, e.result, e.undo_id, u.until as undo_until, u.used_at as undo_used_at, e.created_at, e.started_at,
  e.finished_at
from posthus.errand e left join posthus.undo u on u.id = e.undo_id
where e.id = %(id)s and e.workspace_id = %(workspace_id)s

-- name: list_errands
-- A person's errands and everybody's unfinished ones, newest first.
select e.id, e.workspace_id, e.actor, e.kind, e.state, e.request, e.position, e.last, e.total, e.done, e.changed,
  e.failures, e.error, e.result, e.undo_id, u.until as undo_until, u.used_at as undo_used_at, e.created_at, e.started_at,
  e.finished_at
from posthus.errand e left join posthus.undo u on u.id = e.undo_id
where e.workspace_id = %(workspace_id)s and (e.actor = %(actor)s or e.state in ('waiting', 'running'))
  and (%(before)s::bigint is null or e.id < %(before)s)
order by e.id desc
limit %(limit)s

-- name: take_errand
-- The errand that is least far, held by one worker at a time.
select e.id, e.workspace_id, e.actor, e.kind, e.state, e.request, e.position, e.last, e.total, e.done, e.changed,
  e.failures, e.error, e.result, e.undo_id, null::timestamptz as undo_until, null::timestamptz as undo_used_at,
  e.created_at, e.started_at, e.finished_at
from posthus.errand e
where e.state in ('waiting', 'running')
order by e.failures, e.done, e.id
limit 1
for no key update of e skip locked

-- name: advance_errand
-- A step was done, in this very transaction.
update posthus.errand
set state = case when %(finished)s then 'done' else 'running' end, position = %(position)s, done = %(done)s,
  changed = %(changed)s, failures = 0, total = greatest(total, %(done)s), result = result || %(result)s,
  started_at = coalesce(started_at, now()), finished_at = case when %(finished)s then now() end
where id = %(id)s

-- name: note_failure
-- A step failed and was rolled back; after the fifth time the errand is given up, visibly.
update posthus.errand
set failures = failures + 1, error = %(error)s, state = case when failures >= 4 then 'failed' else state end,
  finished_at = case when failures >= 4 then now() end
where id = %(id)s and state in ('waiting', 'running')

-- name: cancel_errand
-- Stop an errand between two steps.
update posthus.errand set state = 'cancelled', finished_at = now()
where id = %(id)s and workspace_id = %(workspace_id)s and state in ('waiting', 'running')

-- name: forget_errands
-- Finished errands of a month ago.
delete from posthus.errand e
where e.id in (
  select o.id from posthus.errand o where o.finished_at < now() - interval '30 days' and o.kind <> 'erase' order by o.id limit 1000)
