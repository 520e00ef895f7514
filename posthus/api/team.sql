-- name: list_team
-- The people of the workspace by number, with those who can no longer sign in if asked for.
select m.id, m.email, m.name, m.role, m.language, m.disabled_at is not null as disabled,
  m.password_hash is null and exists (select from posthus.invitation i where i.member_id = m.id and i.expires_at > now())
    as invited,
  (select max(s.seen_at) from posthus.session s where s.member_id = m.id) as last_seen_at
from posthus.member m
where m.workspace_id = %(workspace_id)s and (m.disabled_at is null or %(everybody)s::boolean) and m.id > %(after)s
  and (%(only)s::bigint is null or m.id = %(only)s)
order by m.id
limit %(limit)s

-- name: invite_member
-- A new person without a password; nothing where the address is taken.
insert into posthus.member (workspace_id, email, name, role)
values (%(workspace_id)s, %(email)s, %(name)s, %(role)s)
on conflict (workspace_id, email) do nothing
returning id

-- name: add_invitation
-- A link by which a member chooses a password; older links of theirs are worthless from now on.
with older as (
  delete from posthus.invitation i where i.member_id = %(member_id)s and i.workspace_id = %(workspace_id)s
)
insert into posthus.invitation (token_hash, workspace_id, member_id, expires_at)
values (%(token_hash)s, %(workspace_id)s, %(member_id)s, now() + make_interval(days => %(days)s))
returning expires_at

-- name: find_invitation
-- Whom a link is for.
select i.workspace_id, w.name as workspace, i.member_id, m.email, m.name, i.expires_at
from posthus.invitation i join posthus.member m on m.id = i.member_id join posthus.workspace w on w.id = i.workspace_id
where i.token_hash = %(token_hash)s and i.expires_at > now() and m.disabled_at is null

-- name: accept_invitation
-- The link is used up, and the password set.
with used as (
  delete from posthus.invitation i where i.member_id = %(member_id)s
)
update posthus.member m set password_hash = %(password_hash)s, name = coalesce(%(name)s::text, m.name)
where m.id = %(member_id)s

-- name: change_member
-- What is given replaces what was.
update posthus.member m
set name = coalesce(%(name)s::text, m.name), role = coalesce(%(role)s::text, m.role),
  language = coalesce(%(language)s::text, m.language),
  disabled_at = case %(disabled)s::boolean when true then coalesce(m.disabled_at, now()) when false then null
    else m.disabled_at end
where m.id = %(id)s and m.workspace_id = %(workspace_id)s

-- name: hold_admins
-- One change of the people at a time, so that the count below is exact.
select pg_advisory_xact_lock(hashtextextended('posthus.team', %(workspace_id)s))

-- name: count_admins
-- How many people can do everything.
select count(*) from posthus.member m
where m.workspace_id = %(workspace_id)s and m.role = 'admin' and m.disabled_at is null

-- name: read_password
-- What is stored of a member's password.
select m.password_hash from posthus.member m where m.id = %(member_id)s and m.workspace_id = %(workspace_id)s

-- name: set_password
-- Another password; every other session of the member ends.
with ended as (
  delete from posthus.session s where s.member_id = %(member_id)s and s.token_hash <> %(keep)s
)
update posthus.member m set password_hash = %(password_hash)s
where m.id = %(member_id)s and m.workspace_id = %(workspace_id)s

-- name: list_sessions
-- Where a member is signed in, the latest first; the number is a part of a hash of a hash.
select encode(substr(sha256(s.token_hash), 1, 12), 'hex') as id, s.token_hash = %(current)s as current,
  coalesce(s.user_agent, '') as user_agent, s.created_at, s.seen_at
from posthus.session s
where s.member_id = %(member_id)s and s.workspace_id = %(workspace_id)s and s.expires_at > now()
order by s.seen_at desc, s.created_at desc
limit 200

-- name: end_one_session
-- Sign out somewhere else.
delete from posthus.session s
where s.member_id = %(member_id)s and s.workspace_id = %(workspace_id)s
  and encode(substr(sha256(s.token_hash), 1, 12), 'hex') = %(id)s

-- name: end_other_sessions
-- Sign out everywhere else.
delete from posthus.session s
where s.member_id = %(member_id)s and s.workspace_id = %(workspace_id)s and s.token_hash <> %(current)s

-- name: list_keys
-- The keys that programs use, the newest first.
select k.id, k.name, k.scopes, k.created_at, k.last_used_at, k.created_by, m.name as created_by_name
from posthus.api_key k left join posthus.member m on m.id = k.created_by
where k.workspace_id = %(workspace_id)s and k.revoked_at is null and (%(before)s::bigint is null or k.id < %(before)s)
  and (%(only)s::bigint is null or k.id = %(only)s)
order by k.id desc
limit %(limit)s

-- name: revoke_key
-- Worthless from now on.
update posthus.api_key k set revoked_at = now()
where k.id = %(id)s and k.workspace_id = %(workspace_id)s and k.revoked_at is null

-- name: list_audit
-- What was done, newest first.
select a.id, a.at, a.actor, m.name as member_name, k.name as key_name, a.action, coalesce(a.subject, '') as subject, a.detail
from posthus.audit a
left join posthus.member m on m.id = case when a.actor like 'member:%%' then substr(a.actor, 8)::bigint end
  and m.workspace_id = a.workspace_id
left join posthus.api_key k on k.id = case when a.actor like 'key:%%' then substr(a.actor, 5)::bigint end
  and k.workspace_id = a.workspace_id
where a.workspace_id = %(workspace_id)s and (%(before)s::bigint is null or a.id < %(before)s)
  and (%(action)s::text is null or a.action = %(action)s) and (%(actor)s::text is null or a.actor = %(actor)s)
  and (%(since)s::timestamptz is null or a.at >= %(since)s) and (%(until)s::timestamptz is null or a.at < %(until)s)
order by a.id desc
limit %(limit)s

-- name: list_actions
-- Which kinds of things were done.
select distinct a.action from posthus.audit a where a.workspace_id = %(workspace_id)s order by a.action

-- name: read_workspace
-- The workspace's own settings.
select w.id, w.name, w.domains, w.language, w.time_zone, w.created_at
from posthus.workspace w where w.id = %(workspace_id)s

-- name: change_workspace
-- What is given replaces what was.
update posthus.workspace w
set name = coalesce(%(name)s::text, w.name), domains = coalesce(%(domains)s::text[], w.domains),
  language = coalesce(%(language)s::text, w.language), time_zone = coalesce(%(time_zone)s::text, w.time_zone)
where w.id = %(workspace_id)s

-- name: read_setup
-- How far a new workspace has come.
select exists (select from posthus.source s where s.workspace_id = %(workspace_id)s) as source,
  exists (select from posthus.conversation c where c.workspace_id = %(workspace_id)s) as conversation,
  (select count(*) from (
    select from posthus.member m where m.workspace_id = %(workspace_id)s and m.disabled_at is null limit 2) m) > 1 as colleague,
  exists (select from posthus.tag t where t.workspace_id = %(workspace_id)s and t.deleted_at is null) as tag,
  exists (select from posthus.saved_view v where v.workspace_id = %(workspace_id)s and v.deleted_at is null) as view,
  exists (select from posthus.api_key k where k.workspace_id = %(workspace_id)s and k.revoked_at is null) as key
