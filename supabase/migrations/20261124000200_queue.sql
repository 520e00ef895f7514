-- Durable work: a log in commit order, cursors over it, what is tried again, what is buried, what was seen.
set local lock_timeout = '4s';

-- What a log row can say has happened; stages follow a topic.
create table posthus.topic (
  name text primary key,
  says text not null
);
insert into posthus.topic (name, says) values
  ('received', 'an event was stored; subject is its id'),
  ('filed', 'a message was saved; subject is its id'),
  ('linked', 'a message found its conversation; subject is its id');

-- Cache 1: a session holding numbers back would break the order of ids.
create sequence posthus.log_id as bigint cache 1;

-- Append-only. Within a topic ids are in commit order: put() takes the topic's lock before it draws them.
create table posthus.log (
  topic text not null,
  part smallint not null check (part between 0 and 15),
  id bigint not null default nextval('posthus.log_id'),
  workspace_id bigint not null,
  source_id bigint not null,
  subject uuid not null,
  appended_at timestamptz not null default now(),
  primary key (topic, part, id)
) partition by range (id);
-- Takes what comes when nobody made the next partition in time.
create table posthus.log_other partition of posthus.log default;

-- How far a stage has come in each part. Rewritten with every batch, so it has room to stay on one page.
create table posthus.cursor (
  stage text not null,
  topic text not null references posthus.topic (name),
  part smallint not null check (part between 0 and 15),
  position bigint not null default 0 check (position >= 0),
  done bigint not null default 0 check (done >= 0),
  epoch bigint not null default 0,
  leased_until timestamptz,
  abandoned smallint not null default 0,  -- leases in a row that ran out
  primary key (stage, part)
) with (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

-- Items that failed, or that somebody wants done again, for one stage; the row carries the whole job.
create table posthus.retry (
  id bigint generated always as identity primary key,
  stage text not null,
  topic text not null,
  part smallint not null,
  workspace_id bigint not null,
  source_id bigint not null,
  subject uuid not null,
  attempts integer not null default 0 check (attempts >= 0),
  run_at timestamptz not null default now(),
  error text not null default '',
  added_at timestamptz not null default now(),
  unique (stage, subject)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
create index retry_due on posthus.retry (stage, part, run_at, id);

-- Items that failed for the last time, until a person replays or drops them.
create table posthus.buried (
  id bigint generated always as identity primary key,
  stage text not null,
  topic text not null,
  part smallint not null,
  workspace_id bigint not null,
  source_id bigint not null,
  subject uuid not null,
  event_id uuid generated always as (case when topic = 'received' then subject end) stored,
  message_id uuid generated always as (case when topic <> 'received' then subject end) stored,
  attempts integer not null,
  error text not null,
  buried_at timestamptz not null default now()
);
create index buried_workspace on posthus.buried (workspace_id, id desc);
create index buried_stage on posthus.buried (stage, source_id);
create index buried_subject on posthus.buried (subject);

-- Which deliveries were accepted, by day, so that forgetting is dropping a table.
create table posthus.dedupe (
  day date not null,
  source_id bigint not null,
  key bytea not null check (octet_length(key) between 1 and 64),
  event_id uuid not null,
  primary key (source_id, key, day)
) partition by range (day);
create table posthus.dedupe_other partition of posthus.dedupe default;

create function posthus.today() returns date
language sql stable set search_path = ''
as $$ select (now() at time zone 'utc')::date $$;

-- Whether every stage has passed every row with from_id <= id < to_id; a topic nobody follows is never passed.
create function posthus.log_passed(from_id bigint, to_id bigint) returns boolean
language sql volatile set search_path = ''
as $$
  select not exists (
    select from posthus.topic as t
    cross join generate_series(0, 15) as p (part)
    cross join lateral (
      select l.id from posthus.log as l
      where l.topic = t.name and l.part = p.part and l.id >= from_id and l.id < to_id
      order by l.id desc limit 1
    ) as newest
    where newest.id > coalesce(
      (select min(c.position) from posthus.cursor as c where c.topic = t.name and c.part = p.part), -1)
  )
$$;

-- The log's partitions; their names carry their bounds.
create function posthus.log_partitions() returns table (partition text, from_id bigint, to_id bigint)
language sql stable set search_path = ''
as $$
  select c.relname::text, split_part(c.relname, '_', 2)::bigint, split_part(c.relname, '_', 3)::bigint
  from pg_catalog.pg_inherits as i
  join pg_catalog.pg_class as c on c.oid = i.inhrelid
  where i.inhparent = 'posthus.log'::regclass and c.relname <> 'log_other'
  order by 2
$$;

-- Makes partitions of `size` ids until `ahead` of them lie before the newest id; ATTACH lets writers go on.
create function posthus.extend_log(size bigint, ahead integer) returns integer
language plpgsql set search_path = '' set lock_timeout = '1s'
as $$
declare
  newest bigint := (select last_value from posthus.log_id);
  top bigint := coalesce((select max(p.to_id) from posthus.log_partitions() as p), 0);
  made integer := 0;
  part text;
begin
  if top > 0 and newest >= top then
    top := newest + size;  -- what was late went to log_other; leave the ids now on their way to it
  end if;
  while top < newest + size * ahead loop
    part := format('log_%s_%s', top, top + size);
    execute format('create table posthus.%I (like posthus.log including defaults including constraints)', part);
    execute format('alter table posthus.%I enable row level security', part);
    execute format('revoke all on posthus.%I from posthus_member', part);
    execute format('alter table posthus.log attach partition posthus.%I for values from (%s) to (%s)',
      part, top, top + size);
    top := top + size;
    made := made + 1;
  end loop;
  return made;
end $$;

-- Drops the full partitions that every cursor has passed. The lock comes before the second look,
-- so that no writer can still be adding to what is dropped.
create function posthus.rotate_log() returns integer
language plpgsql set search_path = '' set lock_timeout = '1s'
as $$
declare
  newest bigint := (select last_value from posthus.log_id);
  one record;
  dropped integer := 0;
  first_other bigint;
  last_other bigint;
begin
  for one in select p.* from posthus.log_partitions() as p where p.to_id <= newest loop
    exit when not posthus.log_passed(one.from_id, one.to_id);
    lock table posthus.log in access exclusive mode;
    exit when not posthus.log_passed(one.from_id, one.to_id);
    execute format('drop table posthus.%I', one.partition);
    dropped := dropped + 1;
  end loop;
  if exists (select from posthus.log_other) then
    lock table posthus.log in access exclusive mode;
    select min(id), max(id) into first_other, last_other from posthus.log_other;
    if posthus.log_passed(first_other, last_other + 1) then
      truncate posthus.log_other;
      dropped := dropped + 1;
    end if;
  end if;
  return dropped;
end $$;

-- Makes the partitions of today and of the days to come; a day that already has rows in dedupe_other stays there.
create function posthus.extend_dedupe(days integer) returns integer
language plpgsql set search_path = '' set lock_timeout = '1s'
as $$
declare
  one date;
  made integer := 0;
  part text;
begin
  for one in select posthus.today() + step from generate_series(0, days) as step loop
    part := 'dedupe_' || to_char(one, 'YYYY_MM_DD');
    continue when to_regclass(format('posthus.%I', part)) is not null;
    continue when exists (select from posthus.dedupe_other where day = one);
    execute format('create table posthus.%I (like posthus.dedupe including defaults including constraints)', part);
    execute format('alter table posthus.%I enable row level security', part);
    execute format('revoke all on posthus.%I from posthus_member', part);
    execute format('alter table posthus.dedupe attach partition posthus.%I for values from (%L) to (%L)',
      part, one, one + 1);
    made := made + 1;
  end loop;
  return made;
end $$;

-- Forgets deliveries older than the window, in whole days.
create function posthus.forget_dedupe(kept_days integer) returns integer
language plpgsql set search_path = '' set lock_timeout = '1s'
as $$
declare
  one text;
  dropped integer := 0;
begin
  for one in
    select c.relname from pg_catalog.pg_inherits as i join pg_catalog.pg_class as c on c.oid = i.inhrelid
    where i.inhparent = 'posthus.dedupe'::regclass and c.relname <> 'dedupe_other'
      and to_date(substr(c.relname, 8), 'YYYY_MM_DD') < posthus.today() - kept_days
  loop
    execute format('drop table posthus.%I', one);
    dropped := dropped + 1;
  end loop;
  delete from posthus.dedupe_other where day < posthus.today() - kept_days;
  return dropped;
end $$;

select posthus.extend_log(1048576, 2);
select posthus.extend_dedupe(3);

-- The machinery is the owner's alone; people see what was buried in their workspace.
alter table posthus.topic enable row level security;
alter table posthus.log enable row level security;
alter table posthus.log_other enable row level security;
alter table posthus.cursor enable row level security;
alter table posthus.retry enable row level security;
alter table posthus.dedupe enable row level security;
alter table posthus.dedupe_other enable row level security;
select posthus.isolate(array['posthus.buried']::regclass[]);
revoke all on posthus.topic, posthus.log, posthus.log_other, posthus.cursor, posthus.retry, posthus.buried,
  posthus.dedupe, posthus.dedupe_other from posthus_member;
revoke all on sequence posthus.log_id from posthus_member;
grant select on posthus.buried to posthus_member;
revoke execute on function posthus.today(), posthus.log_passed(bigint, bigint), posthus.log_partitions(),
  posthus.extend_log(bigint, integer), posthus.rotate_log(), posthus.extend_dedupe(integer),
  posthus.forget_dedupe(integer) from public;
