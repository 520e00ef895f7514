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
  message_id uuid not null,  -- never changes, and saves every filter a join
  model_id smallint not null,
  v extensions.halfvec(384) not null
);
create index chunk_vector_workspace on posthus.chunk_vector (workspace_id, model_id);
create index chunk_vector_message on posthus.chunk_vector (message_id);

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

-- What searches by words start from. Under row level security Postgres may use an index only with leakproof
-- operators, and `@@` and the trigram ones are not: as these views' owner they use the index, and the views
-- themselves show a member their workspaces only.
create view posthus.message_words as
select m.id, m.workspace_id, m.source_id, m.channel, m.contact_id, m.sent_at, m.words
from posthus.message m
where current_user <> 'posthus_member' or m.workspace_id = any (array(select posthus.my_workspaces()));

create view posthus.contact_words as
select c.id, c.workspace_id, c.name
from posthus.contact c
where current_user <> 'posthus_member' or c.workspace_id = any (array(select posthus.my_workspaces()));

create view posthus.contact_address_words as
select a.contact_id, a.workspace_id, a.address
from posthus.contact_address a
where current_user <> 'posthus_member' or a.workspace_id = any (array(select posthus.my_workspaces()));

create view posthus.company_words as
select c.id, c.workspace_id, c.name
from posthus.company c
where current_user <> 'posthus_member' or c.workspace_id = any (array(select posthus.my_workspaces()));

-- How common words are in all messages, from what ANALYZE knows; members may not read pg_stats of such a table.
create function posthus.common_words() returns table (word text, share real)
language sql stable security definer set search_path = ''
as $$
  select w.word, w.share from pg_catalog.pg_stats s
  cross join lateral unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) as w(word, share)
  where s.schemaname = 'posthus' and s.tablename = 'message' and s.attname = 'words' and s.inherited
$$;
revoke execute on function posthus.common_words() from public;
grant execute on function posthus.common_words() to posthus_member;
