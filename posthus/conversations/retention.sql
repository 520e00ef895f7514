-- name: list_rules
-- For how long which source's conversations are kept.
select r.id, r.source_id, s.name as source_name, r.days, r.enabled, r.last_run_at, r.removed
from posthus.retention_rule r left join posthus.source s on s.id = r.source_id
where r.workspace_id = %(workspace_id)s
order by r.source_id nulls first

-- name: add_rule
-- A new rule; nothing where the source has one.
insert into posthus.retention_rule (workspace_id, source_id, days)
values (%(workspace_id)s, %(source_id)s::bigint, %(days)s)
on conflict (workspace_id, source_id) do nothing
returning id

-- name: change_rule
-- What is given replaces what was.
update posthus.retention_rule r
set days = coalesce(%(days)s::int, r.days), enabled = coalesce(%(enabled)s::boolean, r.enabled)
where r.id = %(id)s and r.workspace_id = %(workspace_id)s

-- name: delete_rule
-- Kept for ever again.
delete from posthus.retention_rule r where r.id = %(id)s and r.workspace_id = %(workspace_id)s

-- name: preview
-- What a rule would remove now, and what a hold keeps from it; a source's own rule goes before the one for all.
select count(*) filter (where not x.held)::int as conversations,
  coalesce(sum(x.message_count) filter (where not x.held), 0)::int as messages, count(*) filter (where x.held)::int as held
from (
  select c.message_count, c.held or coalesce(k.held, false) or coalesce(o.held, false) as held
  from posthus.conversation c
  left join posthus.contact k on k.id = c.contact_id
  left join posthus.company o on o.id = c.company_id
  where c.workspace_id = %(workspace_id)s and c.last_message_at < now() - make_interval(days => %(days)s)
    and (c.source_id = %(source_id)s::bigint or (%(source_id)s::bigint is null and not exists (
      select from posthus.retention_rule r
      where r.workspace_id = c.workspace_id and r.source_id = c.source_id and r.enabled)))
) x

-- name: next_rule
-- The enabled rule that was looked at longest ago, held by one process at a time.
select r.id, r.workspace_id, r.source_id, r.days
from posthus.retention_rule r
where r.enabled and (r.last_run_at is null or r.last_run_at < now() - make_interval(secs => %(seconds)s))
order by r.last_run_at nulls first, r.id
limit 1
for no key update skip locked

-- name: too_old
-- Messages of the next conversations whose time is over and that nobody holds.
select l.message_id
from (
  select c.id from posthus.conversation c
  left join posthus.contact k on k.id = c.contact_id
  left join posthus.company o on o.id = c.company_id
  where c.workspace_id = %(workspace_id)s and c.last_message_at < now() - make_interval(days => %(days)s)
    and not c.held and not coalesce(k.held, false) and not coalesce(o.held, false)
    and (c.source_id = %(source_id)s::bigint or (%(source_id)s::bigint is null and not exists (
      select from posthus.retention_rule r
      where r.workspace_id = c.workspace_id and r.source_id = c.source_id and r.enabled)))
  order by c.last_message_at, c.id
  limit %(limit)s
) c
join posthus.conversation_message l on l.conversation_id = c.id
limit 2000

-- name: note_run
-- What a rule removed; it is due again later unless there is more to do at once.
update posthus.retention_rule r
set removed = r.removed + %(removed)s, last_run_at = case when %(finished)s then now() else r.last_run_at end
where r.id = %(id)s
