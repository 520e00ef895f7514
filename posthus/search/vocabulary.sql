-- part: with_stems
, w.word || coalesce(ts_lexize('pg_catalog.danish_stem', w.word), '{}') || coalesce(ts_lexize('pg_catalog.english_stem', w.word), '{}') as stems

-- name: words_alike
-- Words of the workspace that are written nearly so.
select a.number, w.word
-- with: with_stems
from jsonb_to_recordset(%(words)s::jsonb) as a(number integer, word text)
cross join lateral (
  select k.word from posthus.known_words k
  where k.workspace_id = %(workspace)s::bigint and k.word operator(extensions.%%) a.word
  order by extensions.similarity(k.word, a.word) desc, k.word limit 8) as w;

-- name: words_beginning
-- Words of the workspace that begin as asked and are not too long, the shortest first.
select a.number, w.word
-- with: with_stems
from jsonb_to_recordset(%(words)s::jsonb) as a(number integer, beginning text, longest integer)
cross join lateral (
  select k.word from posthus.known_words k
  where k.workspace_id = %(workspace)s::bigint and k.word >= a.beginning and k.word < a.beginning || U&'\+10FFFF'
    and length(k.word) <= a.longest
  order by length(k.word), k.word limit 100) as w;

-- name: words_known
-- Which of these words the workspace has.
select 0 as number, w.word
-- with: with_stems
from posthus.known_words w where w.workspace_id = %(workspace)s::bigint and w.word = any (%(words)s::text[]);

-- name: set_nearness
-- How near a word must be to be looked at, for this transaction only.
select set_config('pg_trgm.similarity_threshold', '0.4', true);

-- name: learn_words
-- Remember the words of new messages; sorted, so that two writers never wait for each other crosswise.
insert into posthus.search_word (workspace_id, word)
select distinct m.workspace_id, w.lexeme collate "C"
from posthus.message m
cross join lateral unnest(to_tsvector('pg_catalog.simple', m.subject || ' ' || left(m.body_text, 20000))) as w(lexeme, positions, weights)
where m.id = any (%(messages)s::uuid[]) and length(w.lexeme) between 3 and 40
  and w.lexeme !~ '[[:digit:][:punct:][:space:]]'
  and not exists (select from posthus.search_word k where k.workspace_id = m.workspace_id and k.word = w.lexeme)
order by 1, 2
on conflict do nothing;
