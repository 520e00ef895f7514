-- name: state_of
-- What people can change on a conversation, as a change would note it.
select posthus.conversation_state(c) from posthus.conversation c
where c.id = %(id)s and c.workspace_id = %(workspace_id)s

-- name: note_regrouped
-- A split or a merge in the history of a conversation, with the numbers concerned.
insert into posthus.activity (workspace_id, conversation_id, actor, action, after, undo_id)
select %(workspace_id)s, %(id)s, %(actor)s, %(action)s, %(after)s, %(undo_id)s

-- name: note_carried
-- What a merge changed on the conversation that is left, so that undoing gives it back.
insert into posthus.activity (workspace_id, conversation_id, actor, action, before, after, undo_id)
select %(workspace_id)s, %(id)s, %(actor)s, 'changed', d.before, d.after, %(undo_id)s
from (
  select posthus.what_differs(%(before)s::jsonb, s.state) as before, posthus.what_differs(s.state, %(before)s::jsonb) as after
  from (
    select posthus.conversation_state(c) as state from posthus.conversation c
    where c.id = %(id)s and c.workspace_id = %(workspace_id)s
  ) s
) d
where d.after <> '{}'
