-- Whom the new tables' changes concern, and what follows a conversation that became part of another one.
set local lock_timeout = '4s';

create function posthus.note_note() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into posthus.cache_change (workspace_id, topic)
  select distinct c.workspace_id, t.topic
  from changed c
  cross join lateral (values
    ('conversation/' || c.conversation_id), ('contact/' || c.contact_id), ('company/' || c.company_id)
  ) as t (topic)
  where t.topic is not null;
  return null;
end $$;

create function posthus.note_who_looks() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into posthus.cache_change (workspace_id, topic)
  select distinct c.workspace_id, 'presence/' || c.conversation_id from changed c;
  return null;
end $$;

create function posthus.note_errand() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into posthus.cache_change (workspace_id, topic)
  select c.workspace_id, 'errand/' || c.id from changed c
  union all
  -- Long lists are remembered for a while; after a big change they are not.
  select c.workspace_id, 'errands' from changed c where c.state <> 'running' and c.changed > 0;
  return null;
end $$;

-- Only coming, going and taking up the pen are news; a heartbeat is not.
create function posthus.note_presence() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into posthus.cache_change (workspace_id, topic)
  select distinct n.workspace_id, 'presence/' || n.conversation_id
  from new_rows n join old_rows o using (conversation_id, member_id)
  where o.state <> n.state or o.since <> n.since;
  return null;
end $$;

-- What people added to a conversation follows it when it becomes part of another one.
create function posthus.follow_merged() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update posthus.note n set conversation_id = m.conversation_id from merged m where n.conversation_id = m.old_id;
  update posthus.activity a set conversation_id = m.conversation_id from merged m where a.conversation_id = m.old_id;
  delete from posthus.presence p using merged m where p.conversation_id = m.old_id;
  update posthus.conversation c
  set tag_ids = array(
      select x from (select unnest(c.tag_ids || part.tag_ids)) as u (x) group by x order by x),
    held = c.held or part.held,
    snoozed_until = case when part.awake then null else least(c.snoozed_until, part.snoozed_until) end,
    board_rank = case when c.board_column_id is null then part.board_rank else c.board_rank end,
    board_column_id = coalesce(c.board_column_id, part.board_column_id)
  from (
    select m.conversation_id, bool_or(o.held) as held, bool_or(o.snoozed_until is null) as awake,
      min(o.snoozed_until) as snoozed_until, coalesce(array_agg(t.x) filter (where t.x is not null), '{}') as tag_ids,
      (array_agg(o.board_column_id order by o.id) filter (where o.board_column_id is not null))[1] as board_column_id,
      (array_agg(o.board_rank order by o.id) filter (where o.board_column_id is not null))[1] as board_rank
    from merged m join posthus.conversation o on o.id = m.old_id
    left join lateral unnest(o.tag_ids) as t (x) on true
    group by m.conversation_id
  ) part
  where c.id = part.conversation_id
    and (part.held or part.tag_ids <> '{}' or part.board_column_id is not null or c.snoozed_until is not null);
  return null;
end $$;

revoke execute on function posthus.note_note() from public;
revoke execute on function posthus.note_who_looks() from public;
revoke execute on function posthus.note_errand() from public;
revoke execute on function posthus.note_presence() from public;
revoke execute on function posthus.follow_merged() from public;

create trigger follow_insert after insert on posthus.conversation_alias
  referencing new table as merged for each statement execute function posthus.follow_merged();
create trigger follow_update after update on posthus.conversation_alias
  referencing new table as merged for each statement execute function posthus.follow_merged();

create trigger note_insert after insert on posthus.tag
  referencing new table as changed for each statement execute function posthus.note_change('tags');
create trigger note_update after update on posthus.tag
  referencing new table as changed for each statement execute function posthus.note_change('tags', 'conversations');
create trigger note_insert after insert on posthus.saved_view
  referencing new table as changed for each statement execute function posthus.note_change('views');
create trigger note_update after update on posthus.saved_view
  referencing new table as changed for each statement execute function posthus.note_change('views');
create trigger note_insert after insert on posthus.board_column
  referencing new table as changed for each statement execute function posthus.note_change('board');
create trigger note_update after update on posthus.board_column
  referencing new table as changed for each statement execute function posthus.note_change('board', 'conversations');
create trigger note_insert after insert on posthus.note
  referencing new table as changed for each statement execute function posthus.note_note();
create trigger note_update after update on posthus.note
  referencing new table as changed for each statement execute function posthus.note_note();
create trigger note_delete after delete on posthus.note
  referencing old table as changed for each statement execute function posthus.note_note();
create trigger note_insert after insert on posthus.mention
  referencing new table as changed for each statement execute function posthus.note_change('mentions');
create trigger note_update after update on posthus.mention
  referencing new table as changed for each statement execute function posthus.note_change('mentions');
create trigger note_delete after delete on posthus.mention
  referencing old table as changed for each statement execute function posthus.note_change('mentions');
create trigger note_insert after insert on posthus.presence
  referencing new table as changed for each statement execute function posthus.note_who_looks();
create trigger note_delete after delete on posthus.presence
  referencing old table as changed for each statement execute function posthus.note_who_looks();
create trigger note_update after update on posthus.presence
  referencing old table as old_rows new table as new_rows for each statement execute function posthus.note_presence();
create trigger note_insert after insert on posthus.errand
  referencing new table as changed for each statement execute function posthus.note_errand();
create trigger note_update after update on posthus.errand
  referencing new table as changed for each statement execute function posthus.note_errand();
