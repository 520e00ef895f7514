-- name: like_contact
-- Contacts that may be the same one: each with one reason and how much it weighs.
with this as (
  select k.id, k.name, k.company_id, k.workspace_id from posthus.contact k
  where k.id = %(id)s and k.workspace_id = %(workspace_id)s and k.merged_into is null
), own as (
  select a.kind, a.address from posthus.contact_address a, this where a.contact_id = this.id and a.workspace_id = this.workspace_id
), clue as (
  select n.id, case when lower(n.name) = lower(this.name) then 'name' else 'similar name' end as why,
    case when lower(n.name) = lower(this.name) then 0.6 else 0.4 end as weight
  from this join posthus.contact_words n on n.workspace_id = %(workspace_id)s and n.name operator(extensions.%%) this.name
  where this.name like '%% %%' and extensions.similarity(n.name, this.name) >= 0.6
  union all
  select k.id, 'company', 0.3
  from this join posthus.contact k on k.company_id = this.company_id and k.workspace_id = this.workspace_id
  where extensions.similarity(k.name, this.name) >= 0.4
  union all
  select w.contact_id, 'address', 0.4
  from own join posthus.contact_address_words w on w.workspace_id = %(workspace_id)s
    and w.address like replace(replace(split_part(own.address, '@', 1), '\', '\\'), '_', '\_') || '@%%'
  where own.kind = 'email' and length(split_part(own.address, '@', 1)) >= 6
    and split_part(own.address, '@', 1) not in ('kontakt', 'contact', 'faktura', 'invoice', 'support', 'service', 'kundeservice', 'noreply', 'no-reply', 'bogholderi')
  union all
  select w.contact_id, 'phone', 0.7
  from own join posthus.contact_address_words w on w.workspace_id = %(workspace_id)s
    and w.address like '%%' || right(regexp_replace(own.address, '[^0-9]', '', 'g'), 8)
  where own.kind = 'phone' and length(regexp_replace(own.address, '[^0-9]', '', 'g')) >= 8
)
select k.id, k.name, coalesce(a.address, '') as address, array_agg(distinct c.why) as why,
  round((1 - exp(sum(ln(1 - c.weight))))::numeric, 2)::float8 as score
from (select id, why, max(weight) as weight from clue group by id, why) c
join posthus.contact k on k.id = c.id
left join lateral (
  select x.address from posthus.contact_address x where x.contact_id = k.id order by x.kind = 'email' desc, x.address limit 1
) a on true
where k.id <> %(id)s and k.merged_into is null and k.workspace_id = %(workspace_id)s and not exists (
  select from posthus.not_duplicate d where d.workspace_id = %(workspace_id)s and d.kind = 'contact'
    and d.one = least(k.id, %(id)s) and d.other = greatest(k.id, %(id)s))
group by k.id, k.name, a.address
having 1 - exp(sum(ln(1 - c.weight))) >= 0.4
order by score desc, k.id
limit 20

-- name: like_company
-- Companies that may be the same one.
with this as (
  select c.id, c.name, posthus.plain_name(c.name) as plain from posthus.company c
  where c.id = %(id)s and c.workspace_id = %(workspace_id)s and c.merged_into is null
), clue as (
  select n.id, case when posthus.plain_name(n.name) = this.plain then 'name' else 'similar name' end as why,
    case when posthus.plain_name(n.name) = this.plain then 0.7 else 0.4 end as weight
  from this join posthus.company_words n on n.workspace_id = %(workspace_id)s and n.name operator(extensions.%%) this.name
  where this.plain <> '' and (posthus.plain_name(n.name) = this.plain
    or extensions.similarity(posthus.plain_name(n.name), this.plain) >= 0.6)
  union all
  select w.company_id, 'domain', 0.5
  from this join posthus.company_identity i on i.company_id = this.id and i.workspace_id = %(workspace_id)s and i.kind = 'domain'
  join posthus.company_identity_words w on w.workspace_id = %(workspace_id)s and w.kind = 'domain'
    and w.value like split_part(i.value, '.', 1) || '.%%'
  where length(split_part(i.value, '.', 1)) >= 4
)
select c.id, c.name, ''::text as address, array_agg(distinct k.why) as why,
  round((1 - exp(sum(ln(1 - k.weight))))::numeric, 2)::float8 as score
from (select id, why, max(weight) as weight from clue group by id, why) k
join posthus.company c on c.id = k.id
where c.id <> %(id)s and c.merged_into is null and c.workspace_id = %(workspace_id)s and not exists (
  select from posthus.not_duplicate d where d.workspace_id = %(workspace_id)s and d.kind = 'company'
    and d.one = least(c.id, %(id)s) and d.other = greatest(c.id, %(id)s))
group by c.id, c.name
order by score desc, c.id
limit 20

-- name: same_contacts
-- Contacts of one company, or of none, that have one name.
select max(k.name) as name, jsonb_agg(jsonb_build_object('id', k.id, 'name', k.name) order by k.id) as members
from posthus.contact k
where k.workspace_id = %(workspace_id)s and k.merged_into is null and k.name like '%% %%'
group by k.sort_name, k.company_id
having count(*) between 2 and 20
order by count(*) desc, max(k.name)
limit 200

-- name: same_companies
-- Companies that have one name but for their legal form.
select max(c.name) as name, jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name) order by c.id) as members
from posthus.company c
where c.workspace_id = %(workspace_id)s and c.merged_into is null and posthus.plain_name(c.name) <> ''
group by posthus.plain_name(c.name)
having count(*) between 2 and 20
order by count(*) desc, max(c.name)
limit 200

-- name: tell_apart
-- Two that look alike and are not the same.
insert into posthus.not_duplicate (workspace_id, kind, one, other)
select %(workspace_id)s, %(kind)s, least(x, %(id)s), greatest(x, %(id)s)
from unnest(%(others)s::bigint[]) as x where x <> %(id)s
on conflict do nothing

-- name: person_messages
-- What was said with a contact or company before a moment, newest first.
select m.id, l.conversation_id, m.subject, m.snippet, m.from_name, m.from_address, m.direction, m.channel, l.sent_at as at
from (
  select c.id from posthus.conversation_list c
  where c.workspace_id = %(workspace_id)s and (c.contact_id = %(contact_id)s::bigint or c.company_id = %(company_id)s::bigint)
    and (%(at)s::timestamptz is null or c.first_message_at <= %(at)s::timestamptz)
  order by c.last_message_at desc, c.id desc limit 2000
) c
cross join lateral (
  select cm.message_id, cm.conversation_id, cm.sent_at from posthus.conversation_message cm
  where cm.conversation_id = c.id and (%(at)s::timestamptz is null
    or (cm.sent_at, 'message', cm.message_id::text) < (%(at)s::timestamptz, %(kind)s::text, %(key)s::text))
  order by cm.sent_at desc, cm.message_id desc limit %(limit)s
) l
join posthus.message m on m.id = l.message_id
order by l.sent_at desc, m.id::text desc
limit %(limit)s
