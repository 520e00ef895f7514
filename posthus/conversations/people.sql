-- name: list_contacts
-- Contacts by name, or those whose name or address contains a text; what is shown of them only for this page.
select k.id, k.name, k.sort_name, coalesce(a.address, '') as address, c.id as company_id, c.name as company_name,
  l.last_message_at
from (
  select k.id, k.name, k.sort_name, k.company_id
  from posthus.contact k
  where k.workspace_id = %(workspace_id)s and k.merged_into is null
    and (%(sort_name)s::text is null or (k.sort_name, k.id) > (%(sort_name)s::text, %(id)s::bigint))
    and (%(pattern)s::text is null or k.id in (
      select n.id from posthus.contact_words n where n.workspace_id = %(workspace_id)s and n.name ilike %(pattern)s
      union all
      select x.contact_id from posthus.contact_address_words x
      where x.workspace_id = %(workspace_id)s and x.address ilike %(pattern)s
    ))
  order by k.sort_name, k.id
  limit %(limit)s
) k
left join posthus.company c on c.id = k.company_id
left join lateral (
  select x.address from posthus.contact_address x where x.contact_id = k.id
  order by x.kind = 'email' desc, x.address limit 1
) a on true
left join lateral (
  select v.last_message_at from posthus.conversation v where v.contact_id = k.id
  order by v.last_message_at desc, v.id desc limit 1
) l on true
order by k.sort_name, k.id

-- name: list_companies
-- Companies by name, or those whose name, domain or number contains a text; the rest only for this page.
select c.id, c.name, c.sort_name, coalesce(d.domain, '') as domain, p.people, l.last_message_at
from (
  select c.id, c.name, c.sort_name
  from posthus.company c
  where c.workspace_id = %(workspace_id)s and c.merged_into is null
    and (%(sort_name)s::text is null or (c.sort_name, c.id) > (%(sort_name)s::text, %(id)s::bigint))
    and (%(pattern)s::text is null or c.id in (
      select n.id from posthus.company_words n where n.workspace_id = %(workspace_id)s and n.name ilike %(pattern)s
      union all
      select i.company_id from posthus.company_identity_words i
      where i.workspace_id = %(workspace_id)s and i.value ilike %(pattern)s
    ))
  order by c.sort_name, c.id
  limit %(limit)s
) c
left join lateral (
  select i.value as domain from posthus.company_identity i
  where i.company_id = c.id and i.kind = 'domain' order by i.value limit 1
) d on true
left join lateral (
  select count(*)::int as people from posthus.contact k where k.company_id = c.id and k.merged_into is null
) p on true
left join lateral (
  select v.last_message_at from posthus.conversation v where v.company_id = c.id
  order by v.last_message_at desc, v.id desc limit 1
) l on true
order by c.sort_name, c.id

-- name: find_contact
-- One contact with its company; the number of one that became part of another answers that one.
select k.id, k.name, k.title, k.held, k.company_id, c.name as company_name
from posthus.contact k left join posthus.company c on c.id = k.company_id
where k.workspace_id = %(workspace_id)s and k.id = coalesce(
  (select m.merged_into from posthus.contact m where m.id = %(id)s and m.workspace_id = %(workspace_id)s), %(id)s)

-- name: contact_addresses
-- Every way to reach a contact, mail first.
select a.kind, a.address from posthus.contact_address a
where a.contact_id = %(id)s and a.workspace_id = %(workspace_id)s
order by array_position(array['email', 'phone', 'external'], a.kind), a.address

-- name: contact_figures
-- Key figures of a contact's conversations.
select count(*)::int as conversations, (count(*) filter (where c.status = 'open'))::int as open_conversations,
  coalesce(sum(c.message_count), 0)::int as messages, min(c.first_message_at) as first_message_at,
  max(c.last_message_at) as last_message_at
from posthus.conversation c where c.contact_id = %(id)s and c.workspace_id = %(workspace_id)s

-- name: company_figures
-- Key figures of a company's conversations.
select count(*)::int as conversations, (count(*) filter (where c.status = 'open'))::int as open_conversations,
  coalesce(sum(c.message_count), 0)::int as messages, min(c.first_message_at) as first_message_at,
  max(c.last_message_at) as last_message_at
from posthus.conversation c where c.company_id = %(id)s and c.workspace_id = %(workspace_id)s

-- name: find_company
-- One company with its domains; the number of one that became part of another answers that one.
select c.id, c.name, c.cvr, c.held, array(
    select i.value from posthus.company_identity i
    where i.company_id = c.id and i.workspace_id = c.workspace_id and i.kind = 'domain' order by i.value
  ) as domains
from posthus.company c
where c.workspace_id = %(workspace_id)s and c.id = coalesce(
  (select m.merged_into from posthus.company m where m.id = %(id)s and m.workspace_id = %(workspace_id)s), %(id)s)

-- name: company_contacts
-- A company's people, those heard from last first.
select k.id, k.name, coalesce(a.address, '') as address
from posthus.contact k
left join lateral (
  select x.address from posthus.contact_address x where x.contact_id = k.id
  order by x.kind = 'email' desc, x.address limit 1
) a on true
left join lateral (
  select c.last_message_at from posthus.conversation c where c.contact_id = k.id
  order by c.last_message_at desc limit 1
) heard on true
where k.company_id = %(id)s and k.workspace_id = %(workspace_id)s and k.merged_into is null
order by heard.last_message_at desc nulls last, k.id
limit %(limit)s
