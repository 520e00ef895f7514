-- What arrives: sources and the raw, unchanged events they sent.
set local lock_timeout = '4s';

create table posthus.source (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references posthus.workspace (id),
  kind text not null check (kind in ('webhook', 'smtp', 'imap', 'import')),
  provider text not null default 'generic',
  name text not null check (name <> ''),
  token text unique,
  address text unique check (address = lower(address)),
  secret text,
  settings jsonb not null default '{}',
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  unique (workspace_id, name),
  constraint webhook_has_token check (kind <> 'webhook' or token is not null),
  constraint smtp_has_address check (kind <> 'smtp' or address is not null)
);

-- id is a UUIDv7 made by intake, so it tells when the event was received.
create table posthus.event (
  id uuid not null primary key,
  workspace_id bigint not null,
  source_id bigint not null,
  kind text not null check (kind in ('webhook', 'mail')),
  state text not null default 'accepted' check (state in ('accepted', 'quarantined')),
  headers jsonb not null default '{}',
  envelope jsonb not null default '{}',
  codec smallint not null check (codec in (0, 1)),  -- 0 plain, 1 zstd
  size integer not null check (size >= 0),
  digest bytea not null check (octet_length(digest) = 32),
  body bytea not null
) partition by range (id);
alter table posthus.event alter column body set storage external;  -- already compressed
create index event_source on posthus.event (source_id, id);
create table posthus.event_other partition of posthus.event default;
select posthus.ensure_month('event', (current_date + interval '1 month' * step)::date) from generate_series(0, 2) as step;
alter table posthus.event_other enable row level security;

-- A payload that a person has mended is read instead of the event's own, which stays as it came.
create table posthus.event_amendment (
  event_id uuid not null primary key,
  workspace_id bigint not null,
  codec smallint not null check (codec in (0, 1)),
  size integer not null check (size >= 0),
  body bytea not null,
  amended_at timestamptz not null default now()
);
alter table posthus.event_amendment alter column body set storage external;

-- Mail taken in by an import or a mailbox, for ever: a second import adds nothing.
create table posthus.seen_mail (
  workspace_id bigint not null,
  source_id bigint not null,
  digest bytea not null,
  event_id uuid not null,
  primary key (source_id, digest)
);

-- How far an import of one file has come; offsets are bytes (mbox) or entries (directory, archive).
create table posthus.import_progress (
  workspace_id bigint not null,
  source_id bigint not null,
  path text not null,
  fingerprint text not null,
  position bigint not null default 0,
  messages bigint not null default 0,
  finished_at timestamptz,
  updated_at timestamptz not null default now(),
  primary key (source_id, path)
);

select posthus.isolate(array['posthus.source', 'posthus.event', 'posthus.event_amendment', 'posthus.seen_mail', 'posthus.import_progress']::regclass[]);
