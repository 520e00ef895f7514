-- Mailboxes followed over IMAP: how each is reached, how far its folders have come, and where every message lies.
set local lock_timeout = '4s';

create table posthus.mailbox (
  source_id bigint primary key references posthus.source (id) on delete cascade,
  workspace_id bigint not null references posthus.workspace (id),
  host text not null check (host <> ''),
  port integer not null check (port between 1 and 65535),
  security text not null check (security in ('tls', 'starttls', 'none')),
  username text not null check (username <> ''),
  sign_in text not null check (sign_in in ('password', 'oauth')),
  token_url text,
  client_id text,
  scope text,
  secret text not null,  -- sealed
  folders text[] not null default '{}',  -- none named: all but drafts, junk and trash
  version integer not null default 1,  -- counts the changes, so that whoever follows it starts anew
  state text not null default 'waiting' check (state in ('waiting', 'following')),
  trouble text,  -- why it waits
  words text,  -- the server's own
  failures integer not null default 0,
  next_at timestamptz not null default now(),
  check_asked_at timestamptz,
  holder uuid,
  epoch bigint not null default 0,
  leased_until timestamptz,
  capabilities text[] not null default '{}',
  seen_at timestamptz,
  created_at timestamptz not null default now(),
  constraint oauth_has_a_token_url check (sign_in <> 'oauth' or (token_url is not null and client_id is not null))
);
create index mailbox_due on posthus.mailbox (next_at);
create index mailbox_workspace on posthus.mailbox (workspace_id);

create table posthus.mailbox_folder (
  id bigint generated always as identity primary key,
  workspace_id bigint not null,
  source_id bigint not null references posthus.mailbox (source_id) on delete cascade,
  name text not null,
  uid_validity bigint not null,
  uid_next bigint not null default 1,  -- what is new has this uid or a higher one
  modseq bigint not null default 0,  -- changes up to here are known; 0 where the server counts none
  batch smallint not null default 200,  -- fewer after a batch that broke the connection
  on_server bigint not null default 0,
  known bigint not null default 0,
  started_at timestamptz not null default now(),  -- of the catching up that goes on or was last
  taken bigint not null default 0,  -- since then
  caught_up_at timestamptz,
  checked_at timestamptz,  -- when all uids were last compared
  missing bigint not null default 0,  -- what that comparison found missing
  trouble text,
  gone_at timestamptz,
  unique (source_id, name)
);

-- A message that leaves the server keeps its row and its event: it is marked, never lost.
create table posthus.mailbox_message (
  folder_id bigint not null references posthus.mailbox_folder (id) on delete cascade,
  uid_validity bigint not null,
  uid bigint not null,
  workspace_id bigint not null,
  event_id uuid,
  flags text[] not null default '{}',
  trouble text,  -- why there is no event
  attempts smallint not null default 0,
  gone_at timestamptz,
  primary key (folder_id, uid_validity, uid),
  constraint taken_or_in_trouble check ((event_id is null) = (trouble is not null))
);
create index mailbox_message_event on posthus.mailbox_message (event_id) where event_id is not null;

select posthus.isolate(array['posthus.mailbox', 'posthus.mailbox_folder', 'posthus.mailbox_message']::regclass[]);
