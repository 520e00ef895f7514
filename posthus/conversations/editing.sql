-- name: contact_state
-- What people can change on a contact.
select jsonb_build_object('name', k.name, 'title', k.title, 'held', k.held, 'company_id', k.company_id, 'by_hand', k.by_hand)
from posthus.contact k where k.id = %(id)s and k.workspace_id = %(workspace_id)s and k.merged_into is null
for no key update

-- name: write_contact
-- A contact as it shall be.
update posthus.contact k
set name = x.name, title = x.title, held = x.held, company_id = x.company_id, by_hand = x.by_hand
from jsonb_to_record(%(state)s) as x (name text, title text, held boolean, company_id bigint, by_hand boolean)
where k.id = %(id)s and k.workspace_id = %(workspace_id)s

-- name: company_state
-- What people can change on a company.
select jsonb_build_object('name', c.name, 'cvr', c.cvr, 'held', c.held, 'by_hand', c.by_hand)
from posthus.company c where c.id = %(id)s and c.workspace_id = %(workspace_id)s and c.merged_into is null
for no key update

-- name: write_company
-- A company as it shall be.
update posthus.company c set name = x.name, cvr = x.cvr, held = x.held, by_hand = x.by_hand
from jsonb_to_record(%(state)s) as x (name text, cvr text, held boolean, by_hand boolean)
where c.id = %(id)s and c.workspace_id = %(workspace_id)s

-- name: has_company
-- Whether there is such a company.
select count(*) from posthus.company c
where c.id = %(company_id)s and c.workspace_id = %(workspace_id)s and c.merged_into is null

-- name: show_company
-- A contact's conversations are the company's.
with shown as (
  update posthus.conversation c set company_id = k.company_id
  from posthus.contact k
  where k.id = %(id)s and k.workspace_id = %(workspace_id)s and c.contact_id = k.id
    and c.company_id is distinct from k.company_id
)
update posthus.contact k set shown_company_id = k.company_id where k.id = %(id)s and k.workspace_id = %(workspace_id)s

-- name: add_address
-- Another way to reach a contact; nothing where it leads to somebody already.
insert into posthus.contact_address (workspace_id, kind, address, contact_id)
values (%(workspace_id)s, %(kind)s, %(address)s, %(id)s)
on conflict (workspace_id, kind, address) do nothing

-- name: remove_address
-- A way that does not lead to a contact any more.
delete from posthus.contact_address a
where a.workspace_id = %(workspace_id)s and a.kind = %(kind)s and a.address = %(address)s and a.contact_id = %(id)s

-- name: add_identity
-- Something a company is known by; nothing where it leads to another one already.
insert into posthus.company_identity as company_identity (workspace_id, kind, value, company_id)
values (%(workspace_id)s, %(kind)s, %(value)s, %(id)s)
on conflict (workspace_id, kind, value) do update set company_id = excluded.company_id
where company_identity.company_id = excluded.company_id

-- name: remove_identity
-- Something a company is not known by any more.
delete from posthus.company_identity i
where i.workspace_id = %(workspace_id)s and i.kind = %(kind)s and i.value = %(value)s and i.company_id = %(id)s
