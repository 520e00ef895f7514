-- name: ensure_cursors
-- a stage's cursors over its topic and over what it alone is to do again; `next` starts at the newest id
with again as (
  insert into posthus.topic (name, says)
  values ('again ' || %(stage)s, 'what ' || %(stage)s || ' is to do again')
  on conflict (name) do nothing
)
insert into posthus.cursor (stage, topic, part, position)
select %(stage)s, case when p.part < %(first_again)s then %(topic)s else 'again ' || %(stage)s end, p.part,
  case when %(next)s then (select case when is_called then last_value else 0 end from posthus.log_id) else 0 end
from generate_series(0, %(last_part)s) as p (part)
on conflict (stage, part) do nothing;

-- name: take_cursor
-- the first of these parts, in their order, that has work and that nobody holds; looks no further than it must
select found.*
from unnest(%(parts)s::smallint[]) with ordinality as wanted (part, place)
cross join lateral (
  select c.topic, c.part::int as part, c.position, c.epoch, c.abandoned::int as abandoned,
    c.leased_until is not null as left_behind
  from posthus.cursor as c
  where c.stage = %(stage)s and c.part = wanted.part
    and (c.leased_until is null or c.leased_until < now())
    -- not EXISTS: limited, it is one step down an index, whatever the planner believes is waiting
    and (select l.id from posthus.log as l where l.topic = c.topic and l.part = c.part and l.id > c.position
         limit 1) is not null
  for update of c skip locked
) as found
order by wanted.place
limit 1;

-- name: read_batch
-- the next rows of one part, in commit order
select l.id, l.part::int as part, l.workspace_id, l.source_id, l.subject, 0 as attempts
from posthus.log as l
where l.topic = %(topic)s and l.part = %(part)s and l.id > %(position)s
order by l.id
limit %(batch)s;

-- name: move_cursor
-- forward over what is done; only for the holder of the epoch it was read with
update posthus.cursor
set position = %(position)s, done = done + %(done)s, leased_until = null, abandoned = 0
where stage = %(stage)s and part = %(part)s and epoch = %(epoch)s and position < %(position)s;

-- name: lease_cursor
-- hold a part across transactions; whoever held it before is fenced off by the epoch
update posthus.cursor
set epoch = epoch + 1, leased_until = now() + %(seconds)s * interval '1 second', abandoned = %(abandoned)s
where stage = %(stage)s and part = %(part)s
returning epoch;

-- name: renew_lease
-- hold it longer, if it is still ours
update posthus.cursor set leased_until = now() + %(seconds)s * interval '1 second'
where stage = %(stage)s and part = %(part)s and epoch = %(epoch)s and leased_until is not null;

-- name: release_cursor
-- let go without moving
update posthus.cursor set leased_until = null, abandoned = 0
where stage = %(stage)s and part = %(part)s and epoch = %(epoch)s;

-- name: take_due
-- a failed item of a lane whose time has come; for a long stage the row is lent until run_at
select r.id, r.part::int as part, r.workspace_id, r.source_id, r.subject, r.attempts
from posthus.retry as r
where r.stage = %(stage)s and r.bulk = %(bulk)s and r.run_at <= now()
order by r.run_at, r.id
limit 1
for update of r skip locked;

-- name: lend_due
-- hold a failed item across transactions
update posthus.retry set run_at = now() + %(seconds)s * interval '1 second' where id = %(id)s returning run_at;

-- name: finish_due
-- it worked this time
delete from posthus.retry where id = %(id)s;

-- name: finish_lent
-- it worked this time, if it is still lent to us
delete from posthus.retry where id = %(id)s and run_at = %(run_at)s;

-- name: delay
-- an item failed: it is tried again later
insert into posthus.retry as r
  (stage, topic, part, workspace_id, source_id, subject, attempts, run_at, error, history)
values (%(stage)s, %(topic)s, %(part)s, %(workspace_id)s, %(source_id)s, %(subject)s, %(attempts)s,
        now() + %(pause)s * interval '1 second', %(error)s, posthus.with_attempt('[]', %(attempts)s, %(error)s))
on conflict (stage, subject) do update set attempts = excluded.attempts, run_at = excluded.run_at,
  error = excluded.error, history = posthus.with_attempt(r.history, %(attempts)s, %(error)s);

-- name: bury
-- an item failed for the last time; the story of its attempts goes with it
insert into posthus.buried (stage, topic, part, workspace_id, source_id, subject, attempts, error, history)
values (%(stage)s, %(topic)s, %(part)s, %(workspace_id)s, %(source_id)s, %(subject)s, %(attempts)s, %(error)s,
        posthus.with_attempt(coalesce((
          select r.history from posthus.retry as r where r.stage = %(stage)s and r.subject = %(subject)s), '[]'),
          %(attempts)s, %(error)s));

-- name: drop_retry
-- what is buried is not tried again
delete from posthus.retry where stage = %(stage)s and subject = %(subject)s;
