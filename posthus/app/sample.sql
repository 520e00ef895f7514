-- name: not_linked
-- how many events of the workspace are in no conversation yet
select count(*) from posthus.event e
where e.workspace_id = %(workspace_id)s and not exists (
  select from posthus.message m join posthus.conversation_message cm on cm.message_id = m.id
  where m.event_id = e.id);

-- name: close_finished
-- the sample's finished conversations are closed and read
update posthus.conversation set status = 'closed', unread = false
where workspace_id = %(workspace_id)s and subject = any(%(subjects)s);

-- name: mark_read
-- older open conversations have been read, the newest dozen not
update posthus.conversation set unread = false
where workspace_id = %(workspace_id)s and unread and id not in (
  select id from posthus.conversation where workspace_id = %(workspace_id)s and status = 'open'
  order by last_message_at desc limit 12);
