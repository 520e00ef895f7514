-- Webhook sources: rotation with overlap, what was refused, what is kept aside, and mappings with their history.
set local lock_timeout = '4s';

-- What protected a source before it was rotated, good until a stated time.
create table posthus.source_former (
  source_id bigint primary key references posthus.source (id),
  workspace_id bigint not null,
  secret text,
  token text unique,
  until timestamptz not null
);

-- Deliveries that were refused, counted by hour and reason, with the last one's detail.
create table posthus.source_rejection (
  source_id bigint not null references posthus.source (id),
  workspace_id bigint not null,
  hour timestamptz not null,
  reason text not null,
  count bigint not null,
  last_at timestamptz not null,
  detail text not null default '',
  primary key (source_id, hour, reason)
);

-- Events that were well addressed but proved nothing: stored, not filed, until a person decides.
create table posthus.quarantine (
  event_id uuid primary key,
  workspace_id bigint not null,
  source_id bigint not null references posthus.source (id),
  reason text not null,
  detail text not null default '',
  key bytea not null,  -- what would have told it apart, had it been believed
  size integer not null,
  at timestamptz not null default now()
);
create index quarantine_source on posthus.quarantine (source_id, event_id);
create index quarantine_workspace on posthus.quarantine (workspace_id, event_id);

-- Every mapping a source has had; the newest is in its settings.
create table posthus.source_mapping (
  source_id bigint not null references posthus.source (id),
  workspace_id bigint not null,
  version integer not null,
  mapping jsonb not null,
  saved_at timestamptz not null default now(),
  saved_by text not null,
  primary key (source_id, version)
);

-- A source with what was good before, and how much of its is kept aside (counted up to a thousand and one).
create view posthus.source_row with (security_invoker = true) as
select s.id, s.workspace_id, s.kind, s.provider, s.name, s.token, s.address, s.secret, s.settings, s.enabled, s.created_at,
  f.secret as former_secret, f.token as former_token, f.until as former_until, q.kept_aside, q.kept_aside_bytes
from posthus.source as s
left join posthus.source_former as f on f.source_id = s.id and f.until > now()
cross join lateral (
  select count(*)::integer as kept_aside, coalesce(sum(few.size), 0)::bigint as kept_aside_bytes
  from (select size from posthus.quarantine where source_id = s.id limit 1001) as few
) as q;

select posthus.isolate(array[
  'posthus.source_former', 'posthus.source_rejection', 'posthus.quarantine', 'posthus.source_mapping'
]::regclass[]);
