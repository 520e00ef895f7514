-- A group of deliveries whose commit does not wait for the disk: the lock is given on at once, and one sync, asked
-- for beside it, covers every group that was committed meanwhile.
set local lock_timeout = '4s';

-- As receive_events, but durable only after a later commit that was waited for; until then nobody may be told yes.
create function posthus.receive_events_soon(events jsonb, bodies bytea, lock_class integer, lock integer)
returns table (place bigint, event_id uuid)
language plpgsql volatile set search_path = ''
as $$
begin
  perform pg_catalog.set_config('synchronous_commit', 'off', true);
  return query select r.place, r.event_id from posthus.receive_events(events, bodies, lock_class, lock) as r;
end $$;

revoke execute on function posthus.receive_events_soon(jsonb, bytea, integer, integer) from public;
