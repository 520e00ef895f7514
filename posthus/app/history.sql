-- name: messages_since
-- messages of a workspace or a source in the order they were received, after a known one
select m.id, m.source_id from posthus.message as m
where m.workspace_id = %(workspace_id)s
  and (%(source_id)s::bigint is null or m.source_id = %(source_id)s)
  and m.id > %(after)s
order by m.id
limit %(limit)s
