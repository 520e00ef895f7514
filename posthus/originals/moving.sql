-- name: choose_to_move
-- Large contents that have lain here for a while, and what they shall be called in the store: written down first.
insert into posthus.loose_object (object, workspace_id, sha256)
select concat_ws('/', b.workspace_id, left(encode(b.sha256, 'hex'), 2), encode(b.sha256, 'hex') || '.' || gen_random_uuid()),
  b.workspace_id, b.sha256
from posthus.blob b
where b.object is null and b.size >= %(at_least)s and b.kept_at < now() - %(after)s * interval '1 second'
  and not exists (select from posthus.loose_object l where l.workspace_id = b.workspace_id and l.sha256 = b.sha256)
limit %(limit)s
on conflict do nothing
returning object, workspace_id, sha256

-- name: content_to_move
-- What is to be written, unless it is gone or moved by now.
select b.body from posthus.blob b
where b.workspace_id = %(workspace_id)s and b.sha256 = %(sha256)s and b.object is null

-- name: hold_written
-- Objects that have been written: from here on nobody removes them, or they are gone already.
select l.object from posthus.loose_object l where l.object = any(%(objects)s::text[]) order by l.object for update

-- name: hold_moved
-- Contents whose objects have been written, in the order in which everybody locks them.
select b.sha256 from posthus.blob b
join jsonb_to_recordset(%(moved)s::text::jsonb) as m (object text, workspace_id bigint, digest text, size integer)
  on b.workspace_id = m.workspace_id and b.sha256 = decode(m.digest, 'hex')
order by b.workspace_id, b.sha256
for no key update of b

-- name: settle_moved
-- Contents that lie in the store from now on. An object that came too late, for what is gone, is to be removed.
with moved as (
  select m.object, m.workspace_id, decode(m.digest, 'hex') as sha256, m.size
  from jsonb_to_recordset(%(moved)s::text::jsonb) as m (object text, workspace_id bigint, digest text, size integer)
), settled as (
  update posthus.blob b set object = m.object, object_size = m.size, body = null
  from moved m join posthus.loose_object l on l.object = m.object and l.sha256 = m.sha256
  where b.workspace_id = m.workspace_id and b.sha256 = m.sha256 and b.object is null
  returning b.object
), written as (
  delete from posthus.loose_object l using settled s where l.object = s.object
), late as (
  insert into posthus.loose_object (object, workspace_id)
  select m.object, m.workspace_id from moved m where m.object not in (select s.object from settled s)
  on conflict (object) do update set sha256 = null, since = now()
)
select count(*)::int from settled

-- name: choose_to_return
-- Contents in the store that are to lie here.
select b.workspace_id, b.sha256, b.codec, b.object from posthus.blob b
where b.object is not null and b.size < %(below)s and b.object <> all(%(passed)s::text[])
limit %(limit)s

-- name: settle_returned
-- A content that lies here from now on.
update posthus.blob set codec = %(codec)s, body = %(body)b, object = null, object_size = null
where workspace_id = %(workspace_id)s and sha256 = %(sha256)s and object = %(object)s

-- name: take_loose
-- Objects to be removed: nothing stands for them, and whoever was still reading or writing them has ended.
select l.object from posthus.loose_object l
where l.since < now() - (case when l.sha256 is null then %(read_for)s::float8 else %(written_for)s::float8 end) * interval '1 second'
order by l.since
limit %(limit)s
for update skip locked

-- name: forget_loose
-- Objects that have been removed.
delete from posthus.loose_object where object = any(%(objects)s::text[])

-- name: newest_known
-- An object that the right store has.
select b.object from posthus.blob b where b.object is not null order by b.kept_at desc limit 1

-- name: places
-- How much lies where: in the store, still to be moved there, and to be removed.
select
  (select count(*) from posthus.blob b where b.object is not null)::bigint as files,
  (select coalesce(sum(b.object_size), 0) from posthus.blob b where b.object is not null)::bigint as bytes,
  (select count(*) from posthus.blob b where b.object is null and b.size >= %(at_least)s)::bigint as waiting,
  (select coalesce(sum(b.size), 0) from posthus.blob b where b.object is null and b.size >= %(at_least)s)::bigint as waiting_bytes,
  (select coalesce(extract(epoch from now() - min(b.kept_at)), 0) from posthus.blob b
    where b.object is null and b.size >= %(at_least)s)::float8 as waiting_seconds,
  (select count(*) from posthus.loose_object)::bigint as loose
