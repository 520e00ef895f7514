-- part: shown
m.id, m.workspace_id, m.source_id, s.name as source, m.way, m.name, m.size, m.beginning, m.received, m.state, m.trouble,
m.reached, m.read, m.new, m.duplicates, m.failed, m.created_at, m.touched_at, m.finished_at, m.begun_at, m.begun_reached,
m.begun_read
from posthus.mail_import as m
join posthus.source as s on s.id = m.source_id

-- name: imports
-- the imports of a workspace, newest first
select
-- with: shown
where m.workspace_id = %(workspace_id)s and (%(before)s::bigint is null or m.id < %(before)s)
order by m.id desc limit %(limit)s

-- name: import_by_id
-- one import
select
-- with: shown
where m.workspace_id = %(workspace_id)s and m.id = %(id)s

-- name: import_troubles
-- what could not be read of an import, in the order it was met
select t.place, t.reason from posthus.import_trouble as t
where t.import_id = %(id)s and t.workspace_id = %(workspace_id)s order by t.id limit %(limit)s

-- name: bytes_expected
-- how much all files that are sent in, or wait, take once they are here
select coalesce(sum(m.size), 0)::bigint from posthus.mail_import as m
where m.way = 'browser' and m.state in ('uploading', 'waiting', 'running')

-- name: same_upload
-- a file that looks the same and is still being sent in
select m.id from posthus.mail_import as m
where m.workspace_id = %(workspace_id)s and m.source_id = %(source_id)s and m.state = 'uploading'
  and m.name = %(name)s and m.size = %(size)s and m.beginning = %(beginning)s
order by m.id limit 1

-- name: begin_upload
-- a file that is going to be sent in
insert into posthus.mail_import (workspace_id, source_id, way, name, size, beginning, state)
values (%(workspace_id)s, %(source_id)s, 'browser', %(name)s, %(size)s, %(beginning)s, 'uploading')
returning id

-- name: keep_upload
-- how much of a file is here, which stays so until the transaction ends
select m.name, m.size, m.received, m.state from posthus.mail_import as m
where m.id = %(id)s and m.workspace_id = %(workspace_id)s and m.way = 'browser'
for no key update of m

-- name: add_piece
-- the next bytes of a file
insert into posthus.import_piece (import_id, start, workspace_id, body)
values (%(id)s, %(start)s, %(workspace_id)s, %(body)b)

-- name: save_received
-- how much of it is here; whole, it waits to be read
update posthus.mail_import
set received = %(received)s, touched_at = now(), state = case when %(received)s = size then 'waiting' else 'uploading' end
where id = %(id)s and workspace_id = %(workspace_id)s

-- name: refuse_upload
-- its beginning says that it holds no mail
update posthus.mail_import set state = 'failed', trouble = %(trouble)s, finished_at = now()
where id = %(id)s and workspace_id = %(workspace_id)s

-- name: piece_at
-- the piece that holds a byte
select p.start, p.body from posthus.import_piece as p
where p.import_id = %(id)s and p.start <= %(position)s and p.start + octet_length(p.body) > %(position)s
order by p.start desc limit 1

-- name: cancel_import
-- go no further; what came in stays
update posthus.mail_import set state = 'cancelled', finished_at = now()
where id = %(id)s and workspace_id = %(workspace_id)s
  and state in ('uploading', 'waiting', 'running', 'interrupted')

-- name: go_on_with_command
-- the same import as before, which was broken off
update posthus.mail_import as m
set state = 'running', epoch = m.epoch + 1, begun_at = clock_timestamp(), begun_reached = m.reached, begun_read = m.read,
  touched_at = clock_timestamp(), leased_until = now() + make_interval(secs => %(lease)s)
from (
  select d.id from posthus.mail_import as d
  where d.workspace_id = %(workspace_id)s and d.source_id = %(source_id)s and d.way = 'command' and d.name = %(name)s
    and d.size = %(size)s and (d.state = 'interrupted' or (d.state = 'running' and d.leased_until <= now()))
  order by d.id desc limit 1
  for no key update of d skip locked
) as broken
where m.id = broken.id
returning m.id, m.epoch

-- name: begin_command
-- an import that the command line begins
insert into posthus.mail_import (workspace_id, source_id, way, name, size, state, epoch, begun_at, leased_until)
values (%(workspace_id)s, %(source_id)s, 'command', %(name)s, %(size)s, 'running', 1, clock_timestamp(),
  now() + make_interval(secs => %(lease)s))
returning id, epoch

-- name: claim_import
-- the next file to read: one that waits, or whose reader is gone
update posthus.mail_import as m
set state = 'running', epoch = m.epoch + 1, attempts = m.attempts + 1, begun_at = clock_timestamp(),
  begun_reached = m.reached, begun_read = m.read, touched_at = clock_timestamp(),
  leased_until = now() + make_interval(secs => %(lease)s)
from (
  select d.id from posthus.mail_import as d
  where d.way = 'browser' and (d.state = 'waiting' or (d.state = 'running' and d.leased_until <= now()))
  order by d.attempts, d.id limit 1
  for no key update of d skip locked
) as due
where m.id = due.id
returning m.id, m.workspace_id, m.source_id, m.name, m.size, m.epoch, m.attempts

-- name: hold_import
-- still ours, for another while; no row when it is not
update posthus.mail_import set leased_until = now() + make_interval(secs => %(lease)s)
where id = %(id)s and epoch = %(epoch)s and state = 'running'

-- name: lock_import
-- nobody takes or cancels it before this transaction ends; no row when somebody has
select 1 from posthus.mail_import where id = %(id)s and epoch = %(epoch)s and state = 'running' for no key update

-- name: save_step
-- another batch of it was taken in, in this very transaction
update posthus.mail_import
set reached = %(reached)s, read = read + %(read)s, new = new + %(new)s, duplicates = duplicates + %(duplicates)s,
  failed = failed + %(failed)s, attempts = 0, touched_at = clock_timestamp(),
  leased_until = now() + make_interval(secs => %(lease)s)
where id = %(id)s

-- name: add_troubles
-- what could not be read; the first thousand of an import are named
insert into posthus.import_trouble (import_id, workspace_id, place, reason)
select m.id, m.workspace_id, t.place, t.reason
from posthus.mail_import as m
cross join jsonb_to_recordset(%(troubles)s::text::jsonb) as t (place text, reason text)
where m.id = %(id)s and m.failed <= 1000

-- name: finish_import
-- it is over: all of it was read, or why not
update posthus.mail_import
set state = %(state)s, trouble = %(trouble)s, finished_at = now(), touched_at = now(),
  reached = case when %(state)s = 'done' then size else reached end
where id = %(id)s and epoch = %(epoch)s and state = 'running'

-- name: release_import
-- nobody reads it any more; whoever comes next goes on where it is
update posthus.mail_import
set state = case when way = 'command' then 'interrupted' else 'waiting' end, leased_until = null,
  attempts = case when %(asked)s then greatest(attempts - 1, 0) else attempts end
where id = %(id)s and epoch = %(epoch)s and state = 'running'

-- name: drop_read_pieces
-- what lies before the place that was reached is needed no more, but for the first piece, which tells what it is
delete from posthus.import_piece where import_id = %(id)s and start > 0 and start + octet_length(body) <= %(position)s

-- name: drop_needless_pieces
-- pieces of imports that are over, some at a time
delete from posthus.import_piece as p
using (
  select n.import_id, n.start from posthus.import_piece as n
  join posthus.mail_import as m on m.id = n.import_id
  where m.state in ('done', 'failed', 'cancelled')
  limit 64
) as needless
where p.import_id = needless.import_id and p.start = needless.start

-- name: mark_interrupted
-- imports of commands that are gone
update posthus.mail_import set state = 'interrupted'
where way = 'command' and state = 'running' and leased_until <= now()

-- name: give_up_abandoned
-- what nobody went on with for a week
update posthus.mail_import set state = 'cancelled', trouble = 'abandoned', finished_at = now()
where state in ('uploading', 'interrupted') and touched_at < now() - interval '7 days'
