-- name: received
-- how much has been received
select count(*) as events, coalesce(sum(e.size), 0)::bigint as bytes from posthus.event as e

-- name: shares
-- bytes on disk by what they are for
with sizes as (
  select case
      when t.name in ('event', 'event_amendment', 'dictionary') then 'originals'
      when t.name = 'object store' then 'files in the object store'
      when t.name in ('blob', 'original_piece', 'attachment', 'loose_object') then 'files'
      when t.name in ('message', 'search_word') then 'text and words'
      when t.name in ('chunk', 'chunk_vector') then 'vectors'
      when t.name in ('log', 'cursor', 'retry', 'buried', 'dedupe', 'seen_mail') then 'queue'
      else 'the rest'
    end as purpose, t.bytes
  from (
    select coalesce(parent.relname, c.relname) as name, pg_catalog.pg_total_relation_size(c.oid) as bytes
    from pg_catalog.pg_class as c
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    left join pg_catalog.pg_inherits as i on i.inhrelid = c.oid
    left join pg_catalog.pg_class as parent on parent.oid = i.inhparent
    where n.nspname = 'posthus' and c.relkind = 'r'
    union all
    select 'object store', coalesce(sum(b.object_size), 0) from posthus.blob as b where b.object is not null
    having count(*) > 0
  ) as t
)
select s.purpose, sum(s.bytes)::bigint as bytes from sizes as s
group by s.purpose order by bytes desc, s.purpose
