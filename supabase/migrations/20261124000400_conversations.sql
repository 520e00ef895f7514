-- What events mean: companies, contacts, messages and the conversations they belong to.
set local lock_timeout = '4s';

create table posthus.company (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references posthus.workspace (id),
  name text not null check (name <> ''),
  sort_name text generated always as (lower(name)) stored,  -- a plain column: usable under row level security
  cvr text check (cvr ~ '^[0-9]{8}$'),
  created_at timestamptz not null default now()
);
create index company_name on posthus.company (workspace_id, sort_name, id);
create index company_name_trigram on posthus.company using gin (name extensions.gin_trgm_ops);

-- What a company is known by: mail domains, Danish company numbers and names from forms, each leading to one company.
create table posthus.company_identity (
  workspace_id bigint not null,
  kind text not null check (kind in ('domain', 'cvr', 'name')),
  value text not null check (value = lower(value)),
  company_id bigint not null references posthus.company (id),
  primary key (workspace_id, kind, value)
);
create index company_identity_company on posthus.company_identity (company_id);

create table posthus.contact (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references posthus.workspace (id),
  company_id bigint references posthus.company (id),
  shown_company_id bigint,  -- what the contact's conversations show; linking brings them up to date
  name text not null default '',
  sort_name text generated always as (lower(name)) stored,
  created_at timestamptz not null default now()
);
create index contact_company on posthus.contact (company_id, id);
create index contact_name on posthus.contact (workspace_id, sort_name, id);
create index contact_name_trigram on posthus.contact using gin (name extensions.gin_trgm_ops);

create table posthus.contact_address (
  workspace_id bigint not null,
  kind text not null check (kind in ('email', 'phone', 'external')),
  address text not null,
  contact_id bigint not null references posthus.contact (id),
  primary key (workspace_id, kind, address)
);
create index contact_address_contact on posthus.contact_address (contact_id);
create index contact_address_trigram on posthus.contact_address using gin (address extensions.gin_trgm_ops);

create table posthus.conversation (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references posthus.workspace (id),
  source_id bigint not null,
  channel text not null check (channel in ('email', 'chat', 'form')),
  subject text not null default '',
  snippet text not null default '',
  status text not null default 'open' check (status in ('open', 'closed')),
  unread boolean not null default true,
  assignee_id bigint references posthus.member (id),
  contact_id bigint references posthus.contact (id),
  company_id bigint references posthus.company (id),
  message_count integer not null default 0,
  has_attachments boolean not null default false,
  first_message_at timestamptz not null,
  last_message_at timestamptz not null,
  created_at timestamptz not null default now()
);
create index conversation_inbox on posthus.conversation (workspace_id, status, last_message_at desc, id desc);
create index conversation_all on posthus.conversation (workspace_id, last_message_at desc, id desc);
create index conversation_unread on posthus.conversation (workspace_id, last_message_at desc, id desc) where unread;
create index conversation_assignee on posthus.conversation (assignee_id, last_message_at desc, id desc) where assignee_id is not null;
create index conversation_contact on posthus.conversation (contact_id, last_message_at desc, id desc);
create index conversation_company on posthus.conversation (company_id, last_message_at desc, id desc);
create index conversation_source on posthus.conversation (source_id, last_message_at desc, id desc);

-- A merged conversation's old number keeps leading to the one it became part of.
create table posthus.conversation_alias (
  workspace_id bigint not null,
  old_id bigint not null primary key,
  conversation_id bigint not null references posthus.conversation (id) deferrable initially deferred
);
create index conversation_alias_target on posthus.conversation_alias (conversation_id);

-- id derives from the event's id and the position in it, so a replay meets its own rows.
create table posthus.message (
  id uuid not null primary key,
  workspace_id bigint not null,
  event_id uuid not null,
  position integer not null default 0,
  source_id bigint not null,
  contact_id bigint,
  channel text not null check (channel in ('email', 'chat', 'form')),
  direction text not null check (direction in ('in', 'out')),
  message_id text,
  subject text not null default '',
  topic text not null default '',  -- the subject without Re:, Fwd: and list tags
  is_reply boolean not null default false,
  from_name text not null default '',
  from_address text not null default '',
  recipients jsonb not null default '{"to": [], "cc": []}',
  sent_at timestamptz not null,
  received_at timestamptz not null,
  body_text text not null default '',
  spans jsonb not null default '[]',  -- [[kind, start, end], ...] over body_text, in characters
  snippet text not null default '',
  has_html boolean not null default false,  -- the page itself is made from the event when it is looked at
  has_remote_images boolean not null default false,
  language text not null default 'da',
  list_id text,
  automatic boolean not null default false,
  bulk boolean not null default false,
  headers_only boolean not null default false,
  defects text[] not null default '{}',
  size integer not null default 0,
  reference_ids uuid[] not null default '{}',  -- first 16 bytes of sha256 of every id it names, its own first
  has_attachments boolean not null default false,
  words tsvector not null,
  filed_at timestamptz not null default now()
) partition by range (id);
create index message_source on posthus.message (source_id, id);
create index message_contact on posthus.message (contact_id, sent_at desc, id desc);
create index message_full_text on posthus.message using gin (words);
create index message_external on posthus.message (workspace_id, message_id);
create table posthus.message_other partition of posthus.message default;
select posthus.ensure_month('message', (current_date + interval '1 month' * step)::date) from generate_series(0, 2) as step;
alter table posthus.message_other enable row level security;

-- Which conversation a message is in, with what the conversation's own columns are made of.
create table posthus.conversation_message (
  message_id uuid primary key,
  workspace_id bigint not null,
  conversation_id bigint not null references posthus.conversation (id) deferrable initially deferred,
  contact_id bigint,
  sent_at timestamptz not null,
  has_attachments boolean not null
);
create index conversation_message_conversation on posthus.conversation_message (conversation_id, sent_at, message_id);

-- Every id that any message named leads to a conversation; an id without a message is a ghost waiting for one.
create table posthus.thread_node (
  workspace_id bigint not null,
  reference uuid not null,
  conversation_id bigint not null references posthus.conversation (id) deferrable initially deferred,
  primary key (workspace_id, reference)
);
create index thread_node_conversation on posthus.thread_node (conversation_id);

create table posthus.blob (
  workspace_id bigint not null,
  sha256 bytea not null check (octet_length(sha256) = 32),
  codec smallint not null check (codec in (0, 1)),
  size integer not null,
  body bytea not null,
  primary key (workspace_id, sha256)
);
alter table posthus.blob alter column body set storage external;

create table posthus.attachment (
  id bigint generated always as identity primary key,
  workspace_id bigint not null,
  message_id uuid not null,
  position integer not null,
  name text not null,
  content_type text not null,
  content_id text,
  inline boolean not null default false,
  size integer not null,
  sha256 bytea not null,
  unique (message_id, position),
  foreign key (workspace_id, sha256) references posthus.blob (workspace_id, sha256)
);
create index attachment_blob on posthus.attachment (workspace_id, sha256);

-- What search reads: messages with the columns it filters by; row level security applies to the reader.
create view posthus.searchable_message with (security_invoker = true) as
select m.id, m.workspace_id, cm.conversation_id, m.contact_id, k.company_id, m.source_id, m.channel, m.direction,
  m.sent_at, m.language, m.words, m.subject, m.from_name, m.from_address, m.message_id, m.body_text, m.spans
from posthus.message m
left join posthus.conversation_message cm on cm.message_id = m.id
left join posthus.contact k on k.id = m.contact_id;

select posthus.isolate(array[
  'posthus.company', 'posthus.company_identity', 'posthus.contact', 'posthus.contact_address', 'posthus.conversation',
  'posthus.conversation_alias', 'posthus.message', 'posthus.conversation_message', 'posthus.thread_node',
  'posthus.blob', 'posthus.attachment'
]::regclass[]);
