-- name: first_workspace
-- the workspace that commands are about
select id from posthus.workspace order by id limit 1;

-- name: find_source
-- a source by number or name
select id from posthus.source
where workspace_id = %(workspace_id)s and (id = %(number)s::bigint or lower(name) = lower(%(wanted)s));

-- name: find_company
-- a company by number or name, two at most: more than one is an answer too
select id from posthus.company
where workspace_id = %(workspace_id)s and (id = %(number)s::bigint or lower(name) = lower(%(wanted)s)) limit 2;

-- name: find_contact
-- a contact by number, name or address
select c.id from posthus.contact c
where c.workspace_id = %(workspace_id)s
  and (c.id = %(number)s::bigint or lower(c.name) = lower(%(wanted)s)
    or exists (select from posthus.contact_address a
               where a.workspace_id = c.workspace_id and a.contact_id = c.id and a.address = lower(%(wanted)s)))
limit 2;
