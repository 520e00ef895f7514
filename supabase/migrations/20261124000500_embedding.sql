-- What makes messages findable by meaning: pieces of text and their vectors.
set local lock_timeout = '4s';

-- A model with everything that shapes its vectors; its means belong to its version.
create table posthus.embedding_model (
  id smallint generated always as identity primary key,
  name text not null unique,
  dimensions integer not null check (dimensions > 0),
  created_at timestamptz not null default now()
);
alter table posthus.embedding_model enable row level security;
create policy everybody_reads on posthus.embedding_model for select to posthus_member using (true);

create table posthus.chunk (
  id bigint generated always as identity primary key,
  workspace_id bigint not null,
  message_id uuid not null,
  position integer not null,
  content_hash bytea not null check (octet_length(content_hash) = 32),
  start_offset integer not null,
  end_offset integer not null,
  unique (message_id, position)
);
create index chunk_content on posthus.chunk (workspace_id, content_hash);

create table posthus.chunk_vector (
  chunk_id bigint primary key references posthus.chunk (id) on delete cascade,
  workspace_id bigint not null,
  model_id smallint not null,
  v extensions.halfvec(384) not null
);
create index chunk_vector_workspace on posthus.chunk_vector (workspace_id, model_id);

-- A message is indexed when this row says so, also when it had nothing to embed.
create table posthus.message_indexed (
  message_id uuid not null primary key,
  workspace_id bigint not null,
  source_id bigint not null,
  model_id smallint not null,
  chunks integer not null,
  at timestamptz not null default now()
);
create index message_indexed_source on posthus.message_indexed (source_id);

select posthus.isolate(array['posthus.chunk', 'posthus.chunk_vector', 'posthus.message_indexed']::regclass[]);
