-- name: tokens
-- The query's words as Postgres' parser and dictionaries see them.
select p.number::int - 1 as piece, t.number::int as number, t.tokid as kind, t.token,
  case when t.tokid in (1, 2, 10, 11) then ts_lexize('pg_catalog.danish_stem', t.token) end as danish,
  case when t.tokid in (1, 2, 10, 11) then ts_lexize('pg_catalog.english_stem', t.token) end as english,
  ts_lexize('pg_catalog.simple', t.token) as simple
from jsonb_array_elements_text(%(pieces)s::jsonb) with ordinality as p(text, number)
cross join lateral ts_parse('default', p.text) with ordinality as t(tokid, token, number)
order by 1, 2 limit 64;

-- name: common_words
-- Which of the query's words ANALYZE knows as common; counting those would read much for nothing.
select word, share from posthus.common_words() where word = any(%(lexemes)s::text[]) and share >= %(share)s::real;

-- name: count_words
-- In how many messages of the workspace each word is, counted no further than it matters.
select n.piece, n.number, (
  select count(*) from (
    select from posthus.message_words m
    where m.workspace_id = %(workspace)s::bigint and m.words @@ n.query::tsquery limit %(most)s::int) as sample) as messages
from jsonb_to_recordset(%(words)s::jsonb) as n(piece integer, number integer, query text);

-- name: count_messages
-- How many messages the workspace has, counted no further than it matters.
select count(*) from (
  select from posthus.message m where m.workspace_id = %(workspace)s::bigint limit %(most)s::int) as sample;

-- name: strict_words
-- Messages with every word asked for, best first; among two thousand of the newest.
with found as materialized (
  select m.id, m.words from posthus.message_words m
  where m.workspace_id = %(workspace)s::bigint and m.words @@ %(query)s::tsquery
    and (%(source)s::bigint is null or m.source_id = %(source)s)
    and (%(channel)s::text is null or m.channel = %(channel)s)
    and (%(contact)s::bigint is null or m.contact_id = %(contact)s)
    and (%(company)s::bigint is null or m.contact_id = any (array(select k.id from posthus.contact k where k.company_id = %(company)s)))
    and (%(since)s::timestamptz is null or m.sent_at >= %(since)s)
    and (%(until)s::timestamptz is null or m.sent_at < %(until)s)
  order by m.id desc limit 2000)
select f.id from found f order by ts_rank('{0.1, 0.4, 0.6, 1}', f.words, %(query)s::tsquery, 1) desc, f.id desc limit %(most)s::int;

-- name: any_words
-- Messages with any of the rarest words, each word counting by its rarity; among two thousand of the newest.
with found as materialized (
  select m.id, m.words from posthus.message_words m
  where m.workspace_id = %(workspace)s::bigint and m.words @@ %(query)s::tsquery
    and (%(source)s::bigint is null or m.source_id = %(source)s)
    and (%(channel)s::text is null or m.channel = %(channel)s)
    and (%(contact)s::bigint is null or m.contact_id = %(contact)s)
    and (%(company)s::bigint is null or m.contact_id = any (array(select k.id from posthus.contact k where k.company_id = %(company)s)))
    and (%(since)s::timestamptz is null or m.sent_at >= %(since)s)
    and (%(until)s::timestamptz is null or m.sent_at < %(until)s)
  order by m.id desc limit 2000)
select f.id from found f
cross join lateral (
  select sum(n.idf * ts_rank('{0.1, 0.4, 0.6, 1}', f.words, n.query::tsquery, 1)) as rank
  from jsonb_to_recordset(%(words)s::jsonb) as n(query text, idf real)) as r
order by r.rank desc, f.id desc limit %(most)s::int;

-- name: model_number
-- The number of the model that the question's vector is of.
select id::bigint from posthus.embedding_model where name = %(model)s;

-- name: count_vectors
-- How many vectors the workspace has, counted to the threshold and one more.
select count(*) from (
  select from posthus.chunk_vector v
  where v.workspace_id = %(workspace)s::bigint and v.model_id = %(model)s::smallint limit %(most)s::int) as sample;

-- name: count_matching
-- How many vectors the filter leaves, counted to the threshold and one more.
select count(*) from (
  select from posthus.searchable_message m join posthus.chunk_vector v on v.message_id = m.id
  where m.workspace_id = %(workspace)s::bigint and v.workspace_id = %(workspace)s::bigint and v.model_id = %(model)s::smallint
    and (%(source)s::bigint is null or m.source_id = %(source)s)
    and (%(channel)s::text is null or m.channel = %(channel)s)
    and (%(contact)s::bigint is null or m.contact_id = %(contact)s)
    and (%(company)s::bigint is null or m.company_id = %(company)s)
    and (%(since)s::timestamptz is null or m.sent_at >= %(since)s)
    and (%(until)s::timestamptz is null or m.sent_at < %(until)s)
  limit %(most)s::int) as sample;

-- name: index_ready
-- Whether the workspace has an approximate index of its own for the model, built and valid.
select exists (
  select from pg_catalog.pg_class c join pg_catalog.pg_index i on i.indexrelid = c.oid
  where c.relname = format('chunk_vector_near_%%s_%%s', %(workspace)s::bigint, %(model)s::smallint)
    and c.relnamespace = 'posthus'::regnamespace and i.indisvalid) as ready;

-- name: near_everything
-- The nearest vectors of the workspace, all compared: the addition keeps an approximate index out of it.
select v.message_id, v.chunk_id, (v.v operator(extensions.<=>) %(vector)s::extensions.halfvec(384)) + 0 as distance
from posthus.chunk_vector v
where v.workspace_id = %(workspace)s::bigint and v.model_id = %(model)s::smallint
order by 3 limit %(most)s::int;

-- name: near_matching
-- The nearest vectors behind the filter, all compared, starting from the filter.
with f as materialized (
  select m.id from posthus.searchable_message m
  where m.workspace_id = %(workspace)s::bigint
    and (%(source)s::bigint is null or m.source_id = %(source)s)
    and (%(channel)s::text is null or m.channel = %(channel)s)
    and (%(contact)s::bigint is null or m.contact_id = %(contact)s)
    and (%(company)s::bigint is null or m.company_id = %(company)s)
    and (%(since)s::timestamptz is null or m.sent_at >= %(since)s)
    and (%(until)s::timestamptz is null or m.sent_at < %(until)s))
select v.message_id, v.chunk_id, (v.v operator(extensions.<=>) %(vector)s::extensions.halfvec(384)) + 0 as distance
from f join posthus.chunk_vector v on v.message_id = f.id
where v.workspace_id = %(workspace)s::bigint and v.model_id = %(model)s::smallint
order by 3 limit %(most)s::int;

-- name: set_index_search
-- Let the approximate index go on looking until enough pass the filter; for this transaction only.
select set_config('hnsw.iterative_scan', 'relaxed_order', true), set_config('hnsw.ef_search', %(ef_search)s::text, true),
  set_config('hnsw.max_scan_tuples', '20000', true), set_config('enable_seqscan', 'off', true),
  set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true);

-- name: unset_index_search
-- Back to what the planner may do otherwise.
select set_config('enable_seqscan', 'on', true), set_config('enable_bitmapscan', 'on', true), set_config('enable_sort', 'on', true);

-- name: near_index
-- The nearest vectors by the approximate index, filtered one by one; it comes in nearly the right order.
with near as materialized (
  select v.message_id, v.chunk_id, v.v operator(extensions.<=>) %(vector)s::extensions.halfvec(384) as distance
  from posthus.chunk_vector v
  where v.workspace_id = %(workspace)s::bigint and v.model_id = %(model)s::smallint
    and (not %(filtered)s::boolean or (
      select true from posthus.searchable_message m
      where m.id = v.message_id
        and (%(source)s::bigint is null or m.source_id = %(source)s)
        and (%(channel)s::text is null or m.channel = %(channel)s)
        and (%(contact)s::bigint is null or m.contact_id = %(contact)s)
        and (%(company)s::bigint is null or m.company_id = %(company)s)
        and (%(since)s::timestamptz is null or m.sent_at >= %(since)s)
        and (%(until)s::timestamptz is null or m.sent_at < %(until)s)
      limit 1))
  order by v.v operator(extensions.<=>) %(vector)s::extensions.halfvec(384) limit %(most)s::int)
select message_id, chunk_id, distance from near;

-- name: hits
-- Everything that the answer shows of the messages found; the text stays for the snippet.
select m.id, m.conversation_id, m.message_id as external_id, m.subject, m.from_name, m.from_address, m.sent_at, m.channel,
  m.body_text, m.spans, m.contact_id, coalesce(k.name, '') as contact_name, m.company_id, coalesce(c.name, '') as company_name,
  m.source_id, coalesce(s.name, '') as source_name,
  coalesce((select a.address from posthus.contact_address a where a.contact_id = m.contact_id order by a.kind, a.address limit 1), '') as contact_address,
  (select h.start_offset from posthus.chunk h where h.id = n.chunk_id) as chunk_start,
  (select h.end_offset from posthus.chunk h where h.id = n.chunk_id) as chunk_end
from jsonb_to_recordset(%(found)s::jsonb) as n(id uuid, chunk_id bigint)
join posthus.searchable_message m on m.id = n.id and m.workspace_id = %(workspace)s::bigint
left join posthus.contact k on k.id = m.contact_id
left join posthus.company c on c.id = m.company_id
left join posthus.source s on s.id = m.source_id;

-- name: same_stem
-- Which words of the found messages have a stem that was asked for.
select w.word from unnest(%(words)s::text[]) as w(word)
where (ts_lexize('pg_catalog.danish_stem', w.word) || ts_lexize('pg_catalog.english_stem', w.word) || array[w.word]) && %(lexemes)s::text[];

-- name: not_yet_indexed
-- Filed and findable by words, not yet by meaning: among the newest 500 messages of each source.
select count(*) from posthus.source s
cross join lateral (select m.id from posthus.message m where m.source_id = s.id order by m.id desc limit 500) as newest
where s.workspace_id = %(workspace)s::bigint
  and not exists (select from posthus.message_indexed i where i.message_id = newest.id);

-- name: set_alikeness
-- How alike a name must be, for this transaction only.
select set_config('pg_trgm.word_similarity_threshold', '0.6', true);

-- name: contacts_like
-- Contacts whose name or address is like the query, the most alike first.
with found as (
  select c.id, extensions.word_similarity(%(text)s, c.name) as alike
  from posthus.contact_words c
  where c.workspace_id = %(workspace)s::bigint and c.name operator(extensions.%%>) %(text)s::text
  union all
  select a.contact_id, extensions.word_similarity(%(text)s, a.address)
  from posthus.contact_address_words a
  where a.workspace_id = %(workspace)s::bigint and a.address operator(extensions.%%>) %(text)s::text),
best as (select id, max(alike) as alike from found group by id order by alike desc, id limit %(most)s::int)
select k.id, k.name, coalesce((
  select a.address from posthus.contact_address a where a.contact_id = k.id
  order by extensions.word_similarity(%(text)s, a.address) desc, a.kind, a.address limit 1), '') as address
from best join posthus.contact k on k.id = best.id order by best.alike desc, k.id;

-- name: companies_like
-- Companies whose name is like the query, the most alike first.
select c.id, c.name from posthus.company_words c
where c.workspace_id = %(workspace)s::bigint and c.name operator(extensions.%%>) %(text)s::text
order by extensions.word_similarity(%(text)s, c.name) desc, c.id limit %(most)s::int;
