-- name: come
-- A member looks at a conversation, or still does.
insert into posthus.presence as p (conversation_id, member_id, workspace_id, state)
select c.id, %(member_id)s, c.workspace_id, %(state)s
from posthus.conversation c where c.id = %(id)s and c.workspace_id = %(workspace_id)s
on conflict (conversation_id, member_id) do update
  set state = excluded.state, seen_at = excluded.seen_at,
    since = case when p.seen_at < now() - make_interval(secs => %(seconds)s) then now() else p.since end

-- name: leave
-- A member looks elsewhere.
delete from posthus.presence p
where p.conversation_id = %(id)s and p.member_id = %(member_id)s and p.workspace_id = %(workspace_id)s

-- name: others
-- Who else looks at a conversation.
select p.member_id as id, m.name, p.state, p.since
from posthus.presence p join posthus.member m on m.id = p.member_id
where p.conversation_id = %(id)s and p.workspace_id = %(workspace_id)s and p.member_id is distinct from %(member_id)s::bigint
  and p.seen_at >= now() - make_interval(secs => %(seconds)s)
order by p.since, p.member_id

-- name: sweep
-- Those who went without a word.
delete from posthus.presence p where p.seen_at < now() - make_interval(secs => %(seconds)s)
