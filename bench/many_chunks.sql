-- name: make_texts
-- What every message says is one of these; their words are worked out once.
create temp table bench_text as
select t.number, t.topic, t.text, setweight(to_tsvector('pg_catalog.danish', left(t.text, 40)), 'A') || to_tsvector('pg_catalog.danish', t.text) as words
from jsonb_to_recordset(%(texts)s::jsonb) as t(number integer, topic text, text text);

-- name: add_people
-- Companies and their contacts: the first company has a twentieth of all contacts, the others ever fewer.
with companies as (
  insert into posthus.company (workspace_id, name)
  select %(workspace)s::bigint, 'Firma ' || n from generate_series(1, %(companies)s::int) n returning id
), numbered as (
  select id, row_number() over (order by id) as place, count(*) over () as total from companies
)
insert into posthus.contact (workspace_id, name, company_id)
select %(workspace)s::bigint, 'Kunde ' || n, c.id
from generate_series(1, %(contacts)s::int) n
join numbered c on c.place = case when n <= %(contacts)s::int / 20 then 1
  else 2 + floor((c.total - 1) * power(((n * 7919::bigint) %% 100003) / 100003.0, 3))::int end
returning id, company_id;

-- name: add_messages
-- A stretch of messages with one chunk each, two minutes older for each number of its age.
with new as (
  select n.chunk, n.id, n.contact, n.source, now() - n.age * interval '2 minutes' as sent_at, n.chunk %% 5 = 0 as files,
    n.signs, t.text, t.words || to_tsvector('pg_catalog.simple', 'ORD-' || n.chunk) as words
  from jsonb_to_recordset(%(messages)s::jsonb) as n(chunk bigint, id uuid, contact bigint, source bigint, text integer, topic text, age bigint, signs text)
  join bench_text t on t.topic = n.topic and t.number = n.text
), messages as (
  insert into posthus.message (id, workspace_id, event_id, source_id, contact_id, channel, direction, message_id, subject, topic,
    from_name, from_address, sent_at, received_at, body_text, spans, has_attachments, words)
  select id, %(workspace)s::bigint, id, source, contact, 'email', 'in', id || '@example.com', left(text, 40), '', 'Kunde',
    'kunde' || contact || '@example.com', sent_at, sent_at, text, jsonb_build_array(jsonb_build_array('new', 0, length(text))), files, words
  from new
)
insert into posthus.chunk (id, workspace_id, message_id, model_id, contact_id, sent_at, source_id, position, content_hash, start_offset, end_offset, signs)
overriding system value
select chunk, %(workspace)s::bigint, id, %(model)s::smallint, contact, sent_at, source, 0, sha256(int8send(chunk)), 0, length(text), signs::bit varying
from new;

-- name: next_chunk
-- Numbers given by hand are not given again.
select setval(pg_get_serial_sequence('posthus.chunk', 'id'), %(last)s::bigint);
