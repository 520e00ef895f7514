-- Inviting people, keeping data for so long, holding it, and taking people together who are one.
set local lock_timeout = '4s';

-- A link that lets a member choose a password: for a new one, and for one who has forgotten theirs.
create table posthus.invitation (
  token_hash bytea primary key,
  workspace_id bigint not null references posthus.workspace (id),
  member_id bigint not null references posthus.member (id),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index invitation_member on posthus.invitation (member_id);

-- For how many days conversations are kept after their last message; without a source: those of every source.
create table posthus.retention_rule (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references posthus.workspace (id),
  source_id bigint references posthus.source (id),
  days integer not null check (days between 1 and 36500),
  enabled boolean not null default true,
  last_run_at timestamptz,
  removed bigint not null default 0,  -- messages, since the rule was made
  created_at timestamptz not null default now(),
  unique nulls not distinct (workspace_id, source_id)
);

alter table posthus.contact
  add column title text not null default '',
  add column held boolean not null default false,
  add column merged_into bigint;
alter table posthus.company
  add column held boolean not null default false,
  add column merged_into bigint;

-- Two that look alike and are not the same, as somebody has said.
create table posthus.not_duplicate (
  workspace_id bigint not null references posthus.workspace (id),
  kind text not null check (kind in ('contact', 'company')),
  one bigint not null,
  other bigint not null check (one < other),
  primary key (workspace_id, kind, one, other)
);

-- What an export made, until it is forgotten.
create table posthus.errand_file (
  errand_id bigint primary key references posthus.errand (id) on delete cascade,
  workspace_id bigint not null,
  name text not null,
  body bytea not null
);
alter table posthus.errand_file alter column body set storage external;

select posthus.isolate(array[
  'posthus.invitation', 'posthus.retention_rule', 'posthus.not_duplicate', 'posthus.errand_file'
]::regclass[]);

create trigger note_insert after insert on posthus.retention_rule
  referencing new table as changed for each statement execute function posthus.note_change('settings');
create trigger note_update after update on posthus.retention_rule
  referencing new table as changed for each statement execute function posthus.note_change('settings');
create trigger note_delete after delete on posthus.retention_rule
  referencing old table as changed for each statement execute function posthus.note_change('settings');
create trigger note_key after insert on posthus.api_key
  referencing new table as changed for each statement execute function posthus.note_change('settings');
create trigger note_settings after update on posthus.workspace
  referencing new table as changed for each statement execute function posthus.note_workspace('settings');
create trigger note_invitation after insert on posthus.invitation
  referencing new table as changed for each statement execute function posthus.note_change('members');
create trigger note_accepted after delete on posthus.invitation
  referencing old table as changed for each statement execute function posthus.note_change('members');

-- A note keeps the number it was written under, which may have become another one's: both are told.
create or replace function posthus.note_note() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into posthus.cache_change (workspace_id, topic)
  select distinct c.workspace_id, t.topic
  from changed c
  left join posthus.conversation_alias a on a.old_id = c.conversation_id
  cross join lateral (values
    ('conversation/' || c.conversation_id), ('conversation/' || a.conversation_id),
    ('contact/' || c.contact_id), ('company/' || c.company_id)
  ) as t (topic)
  where t.topic is not null;
  return null;
end $$;

-- What people decided about a conversation counts for the one it becomes part of; notes and history keep their number.
create or replace function posthus.follow_merged() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
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
    where m.old_id <> m.conversation_id
    group by m.conversation_id
  ) part
  where c.id = part.conversation_id
    and (part.held or part.tag_ids <> '{}' or part.board_column_id is not null or c.snoozed_until is not null);
  return null;
end $$;
