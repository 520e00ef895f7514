-- name: dictionaries
-- Some dictionaries.
select d.id, d.content from posthus.dictionary d where d.id = any(%(numbers)s::int[])

-- name: newest_dictionary
-- The one to compress with, unless it is the one at hand.
select d.id, d.content from posthus.dictionary d
where d.content <> '' and d.id > %(known)s
order by d.id desc limit 1

-- name: begin_learning
-- One learner at a time: how many originals there are, about, and how many there were at the last lesson.
select (
  select coalesce(sum(pg_stat_get_live_tuples(i.inhrelid)), 0)::bigint
  from pg_catalog.pg_inherits i where i.inhparent = 'posthus.event'::regclass
) as originals, coalesce((select max(d.mails) from posthus.dictionary d), 0) as learnt_from
where pg_try_advisory_xact_lock(hashtextextended('posthus.dictionary', 0))

-- name: sample
-- Some mails from everywhere.
select e.codec, e.body
from posthus.event as e tablesample system (%(percent)s::real)
where e.kind = 'mail' and e.codec <> 3
limit %(limit)s

-- name: add_dictionary
-- A new dictionary, or none (empty) where there was too little that mails have in common.
insert into posthus.dictionary (content, mails) values (%(content)b, %(mails)s)
