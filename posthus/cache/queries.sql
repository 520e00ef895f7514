-- name: poll
-- one plain statement: the snapshot, and every change it sees that the previous snapshot did not
select pg_current_snapshot()::text as snapshot,
  coalesce((
    select jsonb_agg(jsonb_build_array(found.workspace_id, found.topic, found.xid::text))
    from (
      select distinct c.workspace_id, c.topic, c.xid
      from posthus.cache_change c
      where c.xid >= pg_snapshot_xmin(coalesce(%(previous)s::pg_snapshot, pg_current_snapshot()))
        and (%(previous)s::pg_snapshot is null
          or not pg_visible_in_snapshot(c.xid, %(previous)s::pg_snapshot))
    ) found
  ), '[]') as changes

-- name: stamp
-- the snapshot of a transaction that stands still (repeatable read)
select pg_current_snapshot()::text

-- name: written
-- the number of this transaction, which its writer shows to read what it wrote
select pg_current_xact_id()::text

-- name: mark
-- note which transactions are finished by now, so that their changes can be pruned later
insert into posthus.cache_mark (finished_below) values (pg_snapshot_xmin(pg_current_snapshot()))

-- name: prune
-- drop changes of transactions that were finished before a mark of more than %(seconds)s ago
delete from posthus.cache_change c
where c.xid < (
  select max(m.finished_below) from posthus.cache_mark m
  where m.at < clock_timestamp() - make_interval(secs => %(seconds)s)
)

-- name: prune_marks
-- of the old marks only the newest is still of use
delete from posthus.cache_mark m
where m.at < (
  select max(n.at) from posthus.cache_mark n
  where n.at < clock_timestamp() - make_interval(secs => %(seconds)s)
)
