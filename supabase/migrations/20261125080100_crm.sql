-- What people do with conversations: tags, snoozing, the board, saved views, big changes, and taking them back.
set local lock_timeout = '4s';

alter table posthus.conversation
  add column snoozed_until timestamptz,
  add column tag_ids bigint[] not null default '{}',
  add column board_column_id bigint,
  add column board_rank numeric,  -- numeric: there is always room between two cards
  add column held boolean not null default false;  -- nothing of it may be deleted

create table posthus.tag (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references posthus.workspace (id),
  name text not null check (name <> ''),
  color text not null default 'gray',
  created_at timestamptz not null default now(),
  deleted_at timestamptz
);
create unique index tag_name on posthus.tag (workspace_id, lower(name)) where deleted_at is null;

create table posthus.saved_view (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references posthus.workspace (id),
  owner_id bigint not null references posthus.member (id),
  name text not null check (name <> ''),
  filter jsonb not null,
  shared boolean not null default false,
  color text,
  position double precision not null default 0,
  created_at timestamptz not null default now(),
  deleted_at timestamptz
);
create index saved_view_workspace on posthus.saved_view (workspace_id, position, id);

create table posthus.board_column (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references posthus.workspace (id),
  name text not null check (name <> ''),
  color text not null default 'gray',
  takes_new boolean not null default false,
  position double precision not null,
  deleted_at timestamptz
);
create index board_column_workspace on posthus.board_column (workspace_id, position, id);

-- What can be taken back until when; what exactly was done is in `detail`, or in the activities that name this row.
create table posthus.undo (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references posthus.workspace (id),
  kind text not null,
  detail jsonb not null default '{}',
  actor text not null,
  at timestamptz not null default now(),
  until timestamptz not null,
  used_at timestamptz
);
create index undo_until on posthus.undo (until);

-- Who did what to a conversation: only the fields that changed, as they were and as they became.
create table posthus.activity (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references posthus.workspace (id),
  conversation_id bigint not null,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  before jsonb not null default '{}',
  after jsonb not null default '{}',
  undo_id bigint references posthus.undo (id) on delete set null
);
create index activity_conversation on posthus.activity (conversation_id, at, id);
create index activity_undo on posthus.activity (undo_id, id) where undo_id is not null;

-- Work that takes longer than an answer may: done in bounded steps, each of which moves `position` in its own transaction.
create table posthus.errand (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references posthus.workspace (id),
  actor text not null,
  kind text not null check (kind in ('change', 'undo', 'export', 'erase')),
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  request jsonb not null,
  position bigint not null default 0,
  last bigint not null default 0,
  total integer not null default 0,
  done integer not null default 0,
  changed integer not null default 0,
  failures integer not null default 0,
  error text not null default '',
  result jsonb not null default '{}',
  undo_id bigint references posthus.undo (id) on delete set null,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz
);
create index errand_workspace on posthus.errand (workspace_id, id desc);
create index errand_open on posthus.errand (id) where state in ('waiting', 'running');

create table posthus.note (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references posthus.workspace (id),
  conversation_id bigint,
  contact_id bigint references posthus.contact (id),
  company_id bigint references posthus.company (id),
  author text not null,
  body text not null check (body <> ''),
  mentions bigint[] not null default '{}',
  created_at timestamptz not null default now(),
  edited_at timestamptz,
  deleted_at timestamptz,
  constraint note_is_about_one_thing check (num_nonnulls(conversation_id, contact_id, company_id) = 1)
);
create index note_conversation on posthus.note (conversation_id, created_at, id) where conversation_id is not null;
create index note_contact on posthus.note (contact_id, created_at desc, id desc) where contact_id is not null;
create index note_company on posthus.note (company_id, created_at desc, id desc) where company_id is not null;

create table posthus.mention (
  note_id bigint not null references posthus.note (id) on delete cascade,
  member_id bigint not null references posthus.member (id),
  workspace_id bigint not null,
  read_at timestamptz,
  primary key (member_id, note_id)
);
create index mention_note on posthus.mention (note_id);

-- Who looks at a conversation now; rows older than the heartbeat allows are swept away.
create table posthus.presence (
  conversation_id bigint not null,
  member_id bigint not null references posthus.member (id),
  workspace_id bigint not null,
  state text not null check (state in ('looking', 'writing')),
  since timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  primary key (conversation_id, member_id)
);
create index presence_seen on posthus.presence (seen_at);

select posthus.isolate(array[
  'posthus.tag', 'posthus.saved_view', 'posthus.board_column', 'posthus.undo', 'posthus.activity', 'posthus.errand',
  'posthus.note', 'posthus.mention', 'posthus.presence'
]::regclass[]);

-- What people can change on a conversation, in one value that can be compared and kept.
create function posthus.conversation_state(c posthus.conversation) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('status', c.status, 'unread', c.unread, 'held', c.held, 'assignee_id', c.assignee_id,
    'snoozed_until', c.snoozed_until at time zone 'utc', 'tag_ids', c.tag_ids, 'board_column_id', c.board_column_id,
    'board_rank', c.board_rank::text)
$$;

create function posthus.what_differs(one jsonb, other jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
  select coalesce(jsonb_object_agg(f.key, f.value), '{}') from jsonb_each(one) f where other -> f.key is distinct from f.value
$$;
revoke execute on function posthus.conversation_state(posthus.conversation) from public;
revoke execute on function posthus.what_differs(jsonb, jsonb) from public;
grant execute on function posthus.conversation_state(posthus.conversation) to posthus_member;
grant execute on function posthus.what_differs(jsonb, jsonb) to posthus_member;

-- Lists are read through this view: as its owner it may use every index, and it shows a member their workspaces only.
create view posthus.conversation_list as
select c.id, c.workspace_id, c.source_id, c.channel, c.subject, c.snippet, c.status, c.unread, c.assignee_id,
  c.contact_id, c.company_id, c.message_count, c.has_attachments, c.first_message_at, c.last_message_at,
  c.snoozed_until, c.tag_ids, c.board_column_id, c.board_rank, c.held
from posthus.conversation c
where current_user <> 'posthus_member' or c.workspace_id = any (array(select posthus.my_workspaces()));
