-- name: original
-- an event as it came, or as a person has mended it
select e.workspace_id, e.source_id, e.kind, e.headers, e.digest,
  coalesce(a.codec, e.codec) as codec, coalesce(a.size, e.size) as size, coalesce(a.body, e.body) as body,
  a.event_id is not null as amended
from posthus.event as e
left join posthus.event_amendment as a on a.event_id = e.id
where e.id = %(event_id)s and e.workspace_id = %(workspace_id)s

-- name: amend
-- what is read from now on instead of the event's own payload
insert into posthus.event_amendment (event_id, workspace_id, codec, size, body)
values (%(event_id)s, %(workspace_id)s, %(codec)s, %(size)s, %(body)s)
on conflict (event_id) do update set codec = excluded.codec, size = excluded.size, body = excluded.body, amended_at = now()

-- name: events_since
-- events of a workspace or a source in the order they were received, after a known one
select e.id, e.source_id from posthus.event as e
where e.workspace_id = %(workspace_id)s
  and (%(source_id)s::bigint is null or e.source_id = %(source_id)s)
  and e.id > %(after)s
order by e.id
limit %(limit)s
