-- Lanes: parts 0-15 live, 16-143 bulk by source, 144-159 what one stage is to do again.
set local lock_timeout = '4s';

-- The partitions made so far carry the old check as their own; a wider one needs no look at the rows.
do $$
declare
  one regclass;
begin
  alter table posthus.log drop constraint log_part_check;
  for one in select inhrelid::regclass from pg_catalog.pg_inherits where inhparent = 'posthus.log'::regclass loop
    execute format('alter table %s drop constraint if exists log_part_check', one);
  end loop;
  alter table posthus.cursor drop constraint cursor_part_check;
end $$;
alter table posthus.log add constraint log_part_check check (part between 0 and 159) not valid;
alter table posthus.cursor add constraint cursor_part_check check (part between 0 and 159) not valid;

-- Whether every stage has passed every row with from_id <= id < to_id; a topic nobody follows is never passed.
create or replace function posthus.log_passed(from_id bigint, to_id bigint) returns boolean
language sql volatile set search_path = ''
as $$
  select not exists (
    select from posthus.topic as t
    cross join generate_series(0, 159) as p (part)
    cross join lateral (
      select l.id from posthus.log as l
      where l.topic = t.name and l.part = p.part and l.id >= from_id and l.id < to_id
      order by l.id desc limit 1
    ) as newest
    where newest.id > coalesce(
      (select min(c.position) from posthus.cursor as c where c.topic = t.name and c.part = p.part), -1)
  )
$$;

-- Which lane a failed item is of; the table is short, and its rows are written once.
-- squawk-ignore adding-field-with-default
alter table posthus.retry add column bulk boolean not null generated always as (part >= 16) stored;
