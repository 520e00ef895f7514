-- People and companies as somebody has corrected them, and those who turned out to be one.
set local lock_timeout = '4s';

alter table posthus.contact
  add column by_hand boolean not null default false,  -- what mail says no longer changes the name and the company
  add column merged_at timestamptz;
alter table posthus.company
  add column by_hand boolean not null default false,
  add column merged_at timestamptz;
-- squawk-ignore require-concurrent-index-creation
create index contact_merged on posthus.contact (merged_into) where merged_into is not null;
-- squawk-ignore require-concurrent-index-creation
create index company_merged on posthus.company (merged_into) where merged_into is not null;

-- Those who became part of another one are found by that one's name.
create or replace view posthus.contact_words as
select c.id, c.workspace_id, c.name
from posthus.contact c
where c.merged_into is null
  and (current_user <> 'posthus_member' or c.workspace_id = any (array(select posthus.my_workspaces())));

create or replace view posthus.company_words as
select c.id, c.workspace_id, c.name
from posthus.company c
where c.merged_into is null
  and (current_user <> 'posthus_member' or c.workspace_id = any (array(select posthus.my_workspaces())));

-- A company's name without what the law makes it carry, for comparing.
create function posthus.plain_name(name text) returns text
language sql immutable set search_path = ''
as $$
  select btrim(regexp_replace(regexp_replace(lower(name),
    '\m(aps|a/s|as|ivs|i/s|k/s|amba|ab|oy|gmbh|ltd|limited|inc|llc|bv|holding)\M\.?', '', 'g'), '[^[:alnum:]]+', ' ', 'g'))
$$;
revoke execute on function posthus.plain_name(text) from public;
grant execute on function posthus.plain_name(text) to posthus_member;
