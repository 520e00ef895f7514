-- name: tokens
-- The query's words as Postgres' parser and dictionaries see them.
select p.number::int - 1 as piece, t.number::int as number, t.tokid as kind, t.token,
  case when t.tokid in (1, 2, 10, 11) then ts_lexize('pg_catalog.danish_stem', t.token) end as danish,
  case when t.tokid in (1, 2, 10, 11) then ts_lexize('pg_catalog.english_stem', t.token) end as english,
  ts_lexize('pg_catalog.simple', t.token) as simple
from jsonb_array_elements_text(%(pieces)s::jsonb) with ordinality as p(text, number)
cross join lateral ts_parse('default', p.text) with ordinality as t(tokid, token, number)
order by 1, 2 limit 250;

-- name: sample_words
-- How many of the workspace's newest messages have each word.
select n.piece, n.number, count(*) as messages
from (
  select m.words from posthus.message_words m
  where m.workspace_id = %(workspace)s::bigint order by m.sent_at desc, m.id desc limit %(most)s::int) as m
join jsonb_to_recordset(%(words)s::jsonb) as n(piece integer, number integer, query text) on m.words @@ n.query::tsquery
group by n.piece, n.number;

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

-- part: filters
    and (%(sources)s::bigint[] is null or m.source_id = any (%(sources)s::bigint[]))
    and (%(not_sources)s::bigint[] is null or m.source_id <> all (%(not_sources)s::bigint[]))
    and (%(channel)s::text is null or m.channel = %(channel)s::text)
    and (%(not_channel)s::text is null or m.channel <> %(not_channel)s::text)
    and (%(contacts)s::bigint[] is null or m.contact_id = any (%(contacts)s::bigint[]))
    and (%(not_contacts)s::bigint[] is null or m.contact_id is null or m.contact_id <> all (%(not_contacts)s::bigint[]))
    and (%(companies)s::bigint[] is null or m.contact_id = any (array(
      select k.id from posthus.contact k where k.company_id = any (%(companies)s::bigint[]))))
    and (%(not_companies)s::bigint[] is null or m.contact_id is null or m.contact_id <> all (array(
      select k.id from posthus.contact k where k.company_id = any (%(not_companies)s::bigint[]))))
    and (%(since)s::timestamptz is null or m.sent_at >= %(since)s::timestamptz)
    and (%(until)s::timestamptz is null or m.sent_at < %(until)s::timestamptz)
    and (%(files)s::boolean is null or m.has_attachments = %(files)s::boolean)
    and (%(status)s::text is null or m.status = %(status)s::text)
    and (%(unread)s::boolean is null or m.unread = %(unread)s::boolean)
    and (%(conversations)s::bigint[] is null or m.conversation_id = any (%(conversations)s::bigint[]))
    and (%(not_conversations)s::bigint[] is null or m.conversation_id is null or m.conversation_id <> all (%(not_conversations)s::bigint[]))
    and (%(required)s::tsquery is null or m.words @@ %(required)s::tsquery)
    and (%(refused)s::tsquery is null or not m.words @@ %(refused)s::tsquery)
    and (%(senders)s::text[] is null or (m.from_name || ' ' || m.from_address) ilike all (%(senders)s::text[]))
    and (%(not_senders)s::text[] is null or not (m.from_name || ' ' || m.from_address) ilike any (%(not_senders)s::text[]))
    and (%(receivers)s::text[] is null or m.recipients::text ilike all (%(receivers)s::text[]))
    and (%(not_receivers)s::text[] is null or not m.recipients::text ilike any (%(not_receivers)s::text[]))
    and (%(arrived)s::uuid[] is null or m.id = any (%(arrived)s::uuid[]))

-- part: pool
, ranked as (
  select f.id, f.sent_at, r.rank from found f cross join lateral (
    select coalesce(sum(n.weight * ts_rank('{0.2, 0.4, 0.6, 1}', f.words, n.query::tsquery, 0)), 0)::float8 as rank
    from jsonb_to_recordset(%(words)s::jsonb) as n(query text, weight float8)) as r)
select coalesce(string_agg(uuid_send(r.id), '' order by r.sent_at desc, r.id desc), '') as ids,
  coalesce(string_agg(int8send((extract(epoch from r.sent_at) * 1000000)::bigint), '' order by r.sent_at desc, r.id desc), '') as moments,
  coalesce(string_agg(float8send(r.rank), '' order by r.sent_at desc, r.id desc), '') as ranks
from ranked r;

-- name: words_by_index
-- Up to one more message than asked for that has the words, in any order, with how well each fits.
with found as materialized (
  select m.id, m.sent_at, m.words from posthus.message_words m
  where m.workspace_id = %(workspace)s::bigint and m.words @@ %(query)s::tsquery
    -- with: filters
  limit %(most)s::int)
-- with: pool

-- name: words_by_index_newest
-- The newest of the messages that have the words, all of which are looked at: the addition keeps it from walking back.
with found as materialized (
  select m.id, m.sent_at, m.words from posthus.message_words m
  where m.workspace_id = %(workspace)s::bigint and m.words @@ %(query)s::tsquery
    -- with: filters
  order by m.sent_at + interval '0' desc, m.id desc limit %(most)s::int)
-- with: pool

-- name: words_from_newest
-- The newest messages that have the words, walking back from now no further than so many messages.
with found as materialized (
  select m.id, m.sent_at, m.words from (
    select m.id, m.sent_at, m.words from posthus.message_words m
    where m.workspace_id = %(workspace)s::bigint
    -- with: filters
    order by m.sent_at desc, m.id desc limit %(walked)s::int) m
  where m.words @@ %(query)s::tsquery
  order by m.sent_at desc, m.id desc limit %(most)s::int)
-- with: pool

-- name: newest_matching
-- The newest messages behind the filter, where nothing but a filter is asked for.
select m.id from posthus.message_words m
where m.workspace_id = %(workspace)s::bigint
    -- with: filters
order by m.sent_at desc, m.id desc limit %(most)s::int;

-- name: stems
-- The stems of words in both languages; none for what is no word.
select w.word, ts_lexize('pg_catalog.danish_stem', w.word) as danish, ts_lexize('pg_catalog.english_stem', w.word) as english
from unnest(%(words)s::text[]) as w(word);

-- name: companies_named
-- Companies that go by a name, a mail domain or a number.
select c.id from posthus.company_words c
where c.workspace_id = %(workspace)s::bigint and c.name ilike %(pattern)s::text
union
select i.company_id from posthus.company_identity_words i
where i.workspace_id = %(workspace)s::bigint and i.value = lower(%(value)s::text)
limit 200;

-- name: contacts_named
-- Contacts that go by a name or an address.
select c.id from posthus.contact_words c
where c.workspace_id = %(workspace)s::bigint and c.name ilike %(pattern)s::text
union
select a.contact_id from posthus.contact_address_words a
where a.workspace_id = %(workspace)s::bigint and a.address ilike %(pattern)s::text
limit 500;

-- name: sources_named
-- Sources that go by a name or an address.
select s.id from posthus.source s
where s.workspace_id = %(workspace)s::bigint and (s.name ilike %(pattern)s::text or s.address ilike %(pattern)s::text)
limit 200;

-- name: conversations_named
-- The newest conversations with a tag that begins so.
select c.id from posthus.tagged_conversation c
where c.workspace_id = %(workspace)s::bigint and c.tag_ids && array(
  select t.id from posthus.tag t
  where t.workspace_id = %(workspace)s::bigint and t.deleted_at is null and starts_with(lower(t.name), lower(%(value)s::text)))
order by c.last_message_at desc, c.id desc limit 10000;

-- name: today
-- What day it is where the workspace is.
select (now() at time zone w.time_zone)::date as day from posthus.workspace w where w.id = %(workspace)s::bigint;

-- name: day_begins
-- When a day begins where the workspace is.
select %(day)s::date::timestamp at time zone w.time_zone as moment from posthus.workspace w where w.id = %(workspace)s::bigint;

-- name: model_number
-- The number of the model that the question's vector is of, and how long its vectors are.
select id::bigint, dimensions from posthus.embedding_model where name = %(model)s;

-- name: any_vector
-- Whether the workspace has a vector of the model at all, and about how many its own approximate index has; none without.
select exists (
  select from posthus.chunk_vector v
  where v.workspace_id = %(workspace)s::bigint and v.model_id = %(model)s::smallint) as any_vector,
  coalesce((
  select greatest(c.reltuples, k.vectors, 1) from pg_catalog.pg_class c join pg_catalog.pg_index i on i.indexrelid = c.oid
  left join posthus.vector_index k on k.workspace_id = %(workspace)s::bigint and k.model_id = %(model)s::smallint
  where c.relname = format('chunk_vector_near_%%s_%%s', %(workspace)s::bigint, %(model)s::smallint)
    and c.relnamespace = 'posthus'::regnamespace and i.indisvalid), 0)::bigint as vectors_in_index;

-- name: count_people
-- How many chunks some people wrote, counted to the threshold and one more.
select count(*) from (
  select from posthus.chunk c
  where c.workspace_id = %(workspace)s::bigint and c.model_id = %(model)s::smallint
    -- with: people
    -- with: time
  limit %(most)s::int) as sample;

-- name: chunks_sent
-- Chunks of a time and of sources: to be planned, not to be read.
select c.id from posthus.chunk c
where c.workspace_id = %(workspace)s::bigint and c.model_id = %(model)s::smallint
    -- with: sources
    -- with: time

-- name: matching
-- The messages behind the filter: to be planned, not to be read.
select m.id from posthus.message_words m
where m.workspace_id = %(workspace)s::bigint
    -- with: filters

-- part: people
    and (%(contacts)s::bigint[] is null or c.contact_id = any (%(contacts)s::bigint[]))
    and (%(companies)s::bigint[] is null or c.contact_id = any (array(
      select k.id from posthus.contact k where k.company_id = any (%(companies)s::bigint[]))))
    and (%(sources)s::bigint[] is null or c.source_id = any (%(sources)s::bigint[]))

-- part: time
    and (%(since)s::timestamptz is null or c.sent_at >= %(since)s::timestamptz)
    and (%(until)s::timestamptz is null or c.sent_at < %(until)s::timestamptz)

-- part: sources
    and c.source_id = any (coalesce(%(sources)s::bigint[], array(
      select s.id from posthus.source s where s.workspace_id = %(workspace)s::bigint)))

-- name: near_everything
-- The nearest vectors of the workspace, all compared: the addition keeps an approximate index out of it.
select v.message_id, v.chunk_id, (v.v operator(extensions.<=>) %(vector)s::extensions.halfvec) + 0 as distance
from posthus.chunk_vector v
where v.workspace_id = %(workspace)s::bigint and v.model_id = %(model)s::smallint
order by 3, 2 limit %(most)s::int;

-- name: near_matching
-- The nearest vectors behind the filter, all compared, starting from the filter.
with f as materialized (
  select m.id from posthus.message_words m
  where m.workspace_id = %(workspace)s::bigint
    -- with: filters
  )
select v.message_id, v.chunk_id, (v.v operator(extensions.<=>) %(vector)s::extensions.halfvec) + 0 as distance
from f join posthus.chunk_vector v on v.message_id = f.id
where v.workspace_id = %(workspace)s::bigint and v.model_id = %(model)s::smallint
order by 3, 2 limit %(most)s::int;

-- part: compared
  order by extensions.hamming_distance(c.signs, extensions.binary_quantize(%(vector)s::extensions.halfvec)), c.id
  limit %(compared)s::int)
select v.message_id, v.chunk_id, (v.v operator(extensions.<=>) %(vector)s::extensions.halfvec) + 0 as distance
from near join posthus.chunk_vector v on v.chunk_id = near.id
order by 3, 2 limit %(most)s::int;

-- name: near_signs
-- The nearest vectors behind the filter: by their signs first, the best are compared in full; none behind too many messages.
with f as materialized (
  select m.id from posthus.message_words m
  where m.workspace_id = %(workspace)s::bigint
    -- with: filters
  limit %(looked_at)s::int + 1),
near as materialized (
  select c.id from f join posthus.chunk c on c.message_id = f.id and c.model_id = %(model)s::smallint
  where (select count(*) from f) <= %(looked_at)s::int
-- with: compared

-- name: near_people
-- The same of what some people wrote, all in one index.
with near as materialized (
  select c.id from posthus.chunk c
  where c.workspace_id = %(workspace)s::bigint and c.model_id = %(model)s::smallint
    -- with: people
    -- with: time
-- with: compared

-- name: near_sent
-- The same of a time and of sources, all in one index.
with near as materialized (
  select c.id from posthus.chunk c
  where c.workspace_id = %(workspace)s::bigint and c.model_id = %(model)s::smallint
    -- with: sources
    -- with: time
-- with: compared

-- name: set_index_search
-- Let the approximate index go on looking until enough pass the filter; for this transaction only.
select set_config('hnsw.iterative_scan', 'relaxed_order', true), set_config('hnsw.ef_search', %(ef_search)s::text, true),
  set_config('hnsw.max_scan_tuples', %(walked)s::text, true), set_config('enable_seqscan', 'off', true),
  set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true);

-- name: set_signs_search
-- Look up the chunks of each message, whatever reading them all seems to cost; for this transaction only.
select set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true);

-- name: set_listed_search
-- Read one index from end to end of what is asked for, whatever else seems cheaper; for this transaction only.
select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true);

-- name: unset_search
-- Back to what the planner may do otherwise.
select set_config(name, 'on', true)
from unnest(array['enable_seqscan', 'enable_bitmapscan', 'enable_sort', 'enable_hashjoin', 'enable_mergejoin']) as name;

-- name: near_index
-- The nearest vectors by the approximate index, filtered one by one; it comes in nearly the right order.
with near as materialized (
  select v.message_id, v.chunk_id,
    v.v::extensions.halfvec(384) operator(extensions.<=>) %(vector)s::extensions.halfvec(384) as distance
  from posthus.chunk_vector v
  where v.workspace_id = %(workspace)s::bigint and v.model_id = %(model)s::smallint
    and (not %(filtered)s::boolean or (
      select true from posthus.message_words m
      where m.id = v.message_id
    -- with: filters
      limit 1))
  order by v.v::extensions.halfvec(384) operator(extensions.<=>) %(vector)s::extensions.halfvec(384) limit %(most)s::int)
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
-- Filed and findable by words, not yet by meaning: among the newest 100 messages of each source.
select count(*) from posthus.source s
cross join lateral (select m.id from posthus.message m where m.source_id = s.id order by m.id desc limit 100) as newest
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

-- name: changes_since
-- What has changed since a snapshot, as far as this transaction sees; no message where it is anything but an arrival.
select distinct c.message_id from posthus.search_change c
where c.workspace_id = %(workspace)s::bigint and c.xid >= pg_snapshot_xmin(%(since)s::pg_snapshot)
  and not pg_visible_in_snapshot(c.xid, %(since)s::pg_snapshot)
limit %(most)s::int;

-- name: prune_changes
-- Drop changes that no remembered answer can still need: of transactions finished before the feed's own prune.
delete from posthus.search_change c
where c.xid < (select max(m.finished_below) from posthus.cache_mark m where m.at < clock_timestamp() - make_interval(secs => 600));

-- name: words_had
-- Which of the query's words each of these messages has.
select m.id as message_id, array_agg(n.said order by n.said) as words
from posthus.message_words m
join jsonb_to_recordset(%(words)s::jsonb) as n(said text, query text) on m.words @@ n.query::tsquery
where m.workspace_id = %(workspace)s::bigint and m.id = any (%(messages)s::uuid[])
group by m.id;
