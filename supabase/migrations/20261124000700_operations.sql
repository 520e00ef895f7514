-- What Posthus notes about itself, to show it and to name what is slow.
set local lock_timeout = '4s';

create table posthus.stage_sample (
  stage text not null,
  at timestamptz not null default now(),
  appended bigint not null,
  done bigint not null,
  backlog bigint not null,
  oldest_seconds real not null,
  retrying bigint not null,
  buried bigint not null,
  primary key (stage, at)
);
create index stage_sample_at on posthus.stage_sample (at);

create table posthus.process_report (
  host text not null,
  pid integer not null,
  role text not null,
  started_at timestamptz not null,
  seen_at timestamptz not null default now(),
  processor real not null,
  memory_bytes bigint not null,
  stages text[] not null default '{}',
  meters jsonb not null default '{}',
  primary key (host, pid)
);

-- How Posthus runs concerns whoever hosts it, not one workspace: the API reads it as the owner.
alter table posthus.stage_sample enable row level security;
alter table posthus.process_report enable row level security;
