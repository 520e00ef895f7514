-- name: offer
-- Something that can be taken back for so many days.
insert into posthus.undo (workspace_id, actor, kind, detail, until)
values (%(workspace_id)s, %(actor)s, %(kind)s, %(detail)s, now() + make_interval(days => %(days)s))
returning id, until

-- name: use
-- An offer as it is, marked as used from now on if it still could be.
with found as (
  select u.id, u.kind, u.detail, u.used_at, u.until < now() as expired
  from posthus.undo u
  where u.id = %(id)s and u.workspace_id = %(workspace_id)s
  for update
), used as (
  update posthus.undo u set used_at = now()
  from found where u.id = found.id and found.used_at is null and not found.expired
)
select kind, detail, used_at, expired from found

-- name: forget
-- Offers that are a month too old; what they are about stays, without a way back.
delete from posthus.undo u
where u.id in (select o.id from posthus.undo o where o.until < now() - interval '30 days' order by o.until limit 5000)
