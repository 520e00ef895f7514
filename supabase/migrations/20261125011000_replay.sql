-- What failed keeps the story of its attempts; what history is to be done again is on record, with its progress.
set local lock_timeout = '4s';

alter table posthus.retry add column history jsonb not null default '[]';
alter table posthus.buried add column history jsonb not null default '[]';

-- An attempt more in a story, of which the last forty are kept.
create function posthus.with_attempt(history jsonb, attempt integer, error text) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_path_query_array(
    history || jsonb_build_object('at', now(), 'attempt', attempt, 'error', left(error, 500)), '$[last - 39 to last]')
$$;
revoke execute on function posthus.with_attempt(jsonb, integer, text) from public;

-- History that one stage is to do again: listed into the log a piece at a time, from after_id on.
create table posthus.replay (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references posthus.workspace (id),
  stage text not null,
  source_id bigint,
  since timestamptz,
  requested_by text not null,
  requested_at timestamptz not null default now(),
  after_id uuid not null,
  total bigint not null default 0 check (total >= 0),
  first_log_id bigint,
  last_log_id bigint,
  listed_at timestamptz
);
create index replay_workspace on posthus.replay (workspace_id, id desc);
create index replay_unlisted on posthus.replay (id) where listed_at is null;
select posthus.isolate(array['posthus.replay']::regclass[]);
revoke insert, update, delete on posthus.replay from posthus_member;
