-- name: known_companies
-- The companies that lead from any of these domains, numbers and names.
select i.kind, i.value, i.company_id as id, c.cvr, c.name
from jsonb_to_recordset(%(keys)s::jsonb) as x (kind text, value text)
join posthus.company_identity i on i.workspace_id = %(workspace_id)s and i.kind = x.kind and i.value = x.value
join posthus.company c on c.id = i.company_id

-- name: known_contacts
-- The contacts that any of these addresses belong to.
select a.kind, a.address as value, a.contact_id as id, k.name, k.company_id
from jsonb_to_recordset(%(keys)s::jsonb) as x (kind text, value text)
join posthus.contact_address a on a.workspace_id = %(workspace_id)s and a.kind = x.kind and a.address = x.value
join posthus.contact k on k.id = a.contact_id

-- name: reserve_companies
-- Numbers for companies about to be made.
select nextval('posthus.company_id_seq') from generate_series(1, %(count)s::int)

-- name: reserve_contacts
-- Numbers for contacts about to be made.
select nextval('posthus.contact_id_seq') from generate_series(1, %(count)s::int)

-- name: claim_companies
-- Whoever claims a domain or number first makes the company; claims go in order, so that nobody deadlocks.
with wanted as (
  select x.* from jsonb_to_recordset(%(claims)s::jsonb)
    as x (kind text, value text, id bigint, is_new boolean, name text, cvr text)
), claimed as (
  insert into posthus.company_identity (workspace_id, kind, value, company_id)
  select %(workspace_id)s, kind, value, id from wanted order by kind, value
  on conflict (workspace_id, kind, value) do nothing
  returning kind, value, company_id
), made as (
  insert into posthus.company (id, workspace_id, name, cvr)
  overriding system value
  select distinct on (w.id) w.id, %(workspace_id)s, w.name, w.cvr
  from wanted w where w.is_new and w.id in (select company_id from claimed) order by w.id
)
select count(*) from claimed

-- name: claim_contacts
-- Whoever claims an address first makes the contact; claims go in order, so that nobody deadlocks.
with wanted as (
  select x.* from jsonb_to_recordset(%(claims)s::jsonb)
    as x (kind text, value text, id bigint, is_new boolean, name text, company_id bigint)
), claimed as (
  insert into posthus.contact_address (workspace_id, kind, address, contact_id)
  select %(workspace_id)s, kind, value, id from wanted order by kind, value
  on conflict (workspace_id, kind, address) do nothing
  returning contact_id
), made as (
  insert into posthus.contact (id, workspace_id, name, company_id)
  overriding system value
  select distinct on (w.id) w.id, %(workspace_id)s, w.name, w.company_id
  from wanted w where w.is_new and w.id in (select contact_id from claimed) order by w.id
)
select count(*) from claimed

-- name: improve_companies
-- A better name or a company number learnt from a signature.
with better as (
  select c.id, x.name, x.cvr
  from jsonb_to_recordset(%(companies)s::jsonb) as x (id bigint, name text, cvr text)
  join posthus.company c on c.id = x.id and c.workspace_id = %(workspace_id)s
  order by c.id
  for no key update of c
)
update posthus.company c
set name = case when c.by_hand then c.name else better.name end, cvr = coalesce(c.cvr, better.cvr)
from better where c.id = better.id

-- name: improve_contacts
-- A better name, or the company, learnt from a later message.
with better as (
  select k.id, x.name, x.company_id
  from jsonb_to_recordset(%(contacts)s::jsonb) as x (id bigint, name text, company_id bigint)
  join posthus.contact k on k.id = x.id and k.workspace_id = %(workspace_id)s
  order by k.id
  for no key update of k
)
update posthus.contact k set name = better.name, company_id = better.company_id
from better where k.id = better.id and not k.by_hand
