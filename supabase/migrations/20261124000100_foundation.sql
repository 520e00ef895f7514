-- The ground everything stands on: schema, roles, workspaces, people and keys.
set local lock_timeout = '4s';

create schema if not exists extensions;
create extension if not exists vector with schema extensions;
create extension if not exists pg_trgm with schema extensions;

create schema if not exists posthus;

-- The API takes this role inside each transaction, so that row level security applies to it.
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'posthus_member') then
    create role posthus_member nologin;
  end if;
exception when duplicate_object or unique_violation then null;  -- another database of the cluster was faster
end $$;

-- The owner must be able to step down into the role; on 16 and newer, creating it does not allow that yet.
do $$
begin
  execute pg_catalog.format('grant posthus_member to %I', current_user);
exception when insufficient_privilege then null;  -- somebody else made the role and has granted it
end $$;

grant usage on schema posthus to posthus_member;
grant usage on schema extensions to posthus_member;
alter default privileges in schema posthus grant select, insert, update, delete on tables to posthus_member;
alter default privileges in schema posthus grant usage, select on sequences to posthus_member;

create table posthus.workspace (
  id bigint generated always as identity primary key,
  name text not null check (name <> ''),
  domains text[] not null default '{}',
  language text not null default 'da' check (language in ('da', 'en')),
  time_zone text not null default 'Europe/Copenhagen',
  created_at timestamptz not null default now()
);

create table posthus.member (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references posthus.workspace (id),
  email text not null check (email = lower(email)),
  name text not null,
  role text not null check (role in ('admin', 'manager', 'agent', 'read-only')),
  password_hash text,
  language text check (language in ('da', 'en')),
  disabled_at timestamptz,
  created_at timestamptz not null default now(),
  unique (workspace_id, email)
);

create table posthus.api_key (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references posthus.workspace (id),
  name text not null,
  key_hash bytea not null unique,
  scopes text[] not null check (cardinality(scopes) > 0),
  created_by bigint references posthus.member (id),
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  revoked_at timestamptz
);

create table posthus.session (
  token_hash bytea primary key,
  workspace_id bigint not null references posthus.workspace (id),
  member_id bigint not null references posthus.member (id),
  csrf text not null,
  user_agent text,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index session_member on posthus.session (member_id);

-- Failed sign-ins within a window; the login limit counts them.
create table posthus.login_failure (
  subject text not null,
  at timestamptz not null default now()
);
create index login_failure_subject on posthus.login_failure (subject, at);

create table posthus.audit (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references posthus.workspace (id),
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  subject text,
  detail jsonb not null default '{}'
);
create index audit_workspace on posthus.audit (workspace_id, id);

-- A write repeated with the same Idempotency-Key gets the first answer again.
create table posthus.idempotent_answer (
  workspace_id bigint not null references posthus.workspace (id),
  key text not null,
  request_hash bytea not null,
  status integer not null,
  body bytea not null,
  at timestamptz not null default now(),
  primary key (workspace_id, key)
);

-- Whose rows the current transaction may see: set by the API with set_config(..., true).
create function posthus.my_workspaces() returns setof bigint
language sql stable security definer set search_path = ''
as $$
  select m.workspace_id from posthus.member m
  where m.id = nullif(current_setting('posthus.member_id', true), '')::bigint and m.disabled_at is null
  union all
  select k.workspace_id from posthus.api_key k
  where k.id = nullif(current_setting('posthus.key_id', true), '')::bigint and k.revoked_at is null
$$;

-- Every table of a later migration calls this once: isolation by workspace, for the API's role.
create function posthus.isolate(tables regclass[]) returns void
language plpgsql set search_path = ''
as $$
declare
  one regclass;
begin
  foreach one in array tables loop
    execute format('alter table %s enable row level security', one);
    execute format(
      'create policy workspace_isolation on %s to posthus_member '
      'using (workspace_id = any (array(select posthus.my_workspaces()))) '
      'with check (workspace_id = any (array(select posthus.my_workspaces())))', one);
  end loop;
end $$;

-- Monthly partitions of a table whose key is a UUIDv7; the bounds are the month's first milliseconds.
create function posthus.month_bound(month date) returns uuid
language sql immutable set search_path = ''
as $$
  select (lpad(to_hex((extract(epoch from month::timestamp) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid
$$;

create function posthus.ensure_month(parent text, month date) returns void
language plpgsql set search_path = ''
as $$
declare
  first_day date := date_trunc('month', month)::date;
  next_month date := (date_trunc('month', month) + interval '1 month')::date;
  part text := parent || '_' || to_char(month, 'YYYY_MM');
begin
  if to_regclass(format('posthus.%I', part)) is not null then
    return;
  end if;
  execute format('create table posthus.%I partition of posthus.%I for values from (%L) to (%L)',
    part, parent, posthus.month_bound(first_day), posthus.month_bound(next_month));
  execute format('alter table posthus.%I enable row level security', part);
end $$;

alter table posthus.workspace enable row level security;
create policy workspace_isolation on posthus.workspace to posthus_member
  using (id = any (array(select posthus.my_workspaces())))
  with check (id = any (array(select posthus.my_workspaces())));

select posthus.isolate(array[
  'posthus.member', 'posthus.api_key', 'posthus.session', 'posthus.audit', 'posthus.idempotent_answer'
]::regclass[]);

-- Sign-in happens before anybody is known: these rows are for the owner alone.
alter table posthus.login_failure enable row level security;

grant select, insert, update, delete on all tables in schema posthus to posthus_member;
grant usage, select on all sequences in schema posthus to posthus_member;
revoke all on posthus.login_failure from posthus_member;
revoke execute on all functions in schema posthus from public;
grant execute on function posthus.my_workspaces() to posthus_member;
