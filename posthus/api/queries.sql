-- name: session_caller
-- who a session token belongs to, with the snapshot this was read under
select pg_current_snapshot()::text as stamp, s.workspace_id, w.name as workspace_name, w.language as workspace_language, w.time_zone as workspace_time_zone,
  m.id as member_id, m.email, m.name, m.role, m.language, s.csrf, s.expires_at,
  null::bigint as key_id, null::text[] as scopes
from posthus.session s
join posthus.member m on m.id = s.member_id and m.workspace_id = s.workspace_id
join posthus.workspace w on w.id = s.workspace_id
where s.token_hash = %(token_hash)s and s.expires_at > now() and m.disabled_at is null

-- name: key_caller
-- who an API key belongs to, with the snapshot this was read under
select pg_current_snapshot()::text as stamp, k.workspace_id, w.name as workspace_name, w.language as workspace_language, w.time_zone as workspace_time_zone,
  null::bigint as member_id, null::text as email, k.name, null::text as role, null::text as language,
  '' as csrf, '9999-01-01 00:00+00'::timestamptz as expires_at, k.id as key_id, k.scopes
from posthus.api_key k
join posthus.workspace w on w.id = k.workspace_id
where k.key_hash = %(token_hash)s and k.revoked_at is null

-- name: key_used
-- remember that a key is in use, at most once an hour
update posthus.api_key set last_used_at = now()
where id = %(key_id)s and workspace_id = %(workspace_id)s
  and (last_used_at is null or last_used_at < now() - interval '1 hour')

-- name: hold_subject
-- one sign-in of a subject at a time, so that the count below is exact
select pg_advisory_xact_lock(hashtextextended(%(subject)s, 7300))

-- name: count_failures
-- failed sign-ins within the window, and in how many seconds the oldest of them leaves it
select count(*) as failures,
  ceil(extract(epoch from coalesce(min(f.at), now()) + make_interval(secs => %(window)s) - now()))::integer as seconds
from posthus.login_failure f
where f.subject = %(subject)s and f.at > now() - make_interval(secs => %(window)s)

-- name: note_attempt
-- count a sign-in as failed until it has succeeded
insert into posthus.login_failure (subject, at) values (%(subject)s, clock_timestamp())

-- name: forget_failures
-- a sign-in succeeded
delete from posthus.login_failure where subject = %(subject)s

-- name: forget_attempt
-- a sign-in succeeded: its own attempt was no failure of this address
delete from posthus.login_failure f
where f.ctid = (
  select n.ctid from posthus.login_failure n where n.subject = %(subject)s order by n.at desc limit 1
)

-- name: forget_old_failures
-- drop failures that no window counts any more
delete from posthus.login_failure where at < now() - interval '1 day'

-- name: find_logins
-- the people with this e-mail address, in every workspace (at most five)
select m.id, m.workspace_id, m.password_hash
from posthus.member m
where m.email = %(email)s and m.disabled_at is null
order by m.id
limit 5

-- name: start_session
-- sign a person in
insert into posthus.session (token_hash, workspace_id, member_id, csrf, user_agent, expires_at)
values (%(token_hash)s, %(workspace_id)s, %(member_id)s, %(csrf)s, %(user_agent)s,
  now() + make_interval(secs => %(seconds)s))

-- name: end_session
-- sign out
delete from posthus.session where token_hash = %(token_hash)s

-- name: prolong_session
-- a session in use lasts on; renewed at most once a day
update posthus.session set seen_at = now(), expires_at = now() + make_interval(secs => %(seconds)s)
where token_hash = %(token_hash)s and seen_at < now() - interval '1 day'

-- name: forget_old_sessions
-- drop sessions that have ended
delete from posthus.session where expires_at < now()

-- name: note_audit
-- who did what to what
insert into posthus.audit (workspace_id, actor, action, subject, detail)
values (%(workspace_id)s, %(actor)s, %(action)s, %(subject)s, %(detail)s)

-- name: claim_answer
-- take an idempotency key; waits for a request with the same key that is still running
insert into posthus.idempotent_answer (workspace_id, key, request_hash, status, body)
values (%(workspace_id)s, %(key)s, %(request_hash)s, 0, '')
on conflict (workspace_id, key) do nothing

-- name: read_answer
-- the answer that an idempotency key got
select a.request_hash, a.status, a.body
from posthus.idempotent_answer a
where a.workspace_id = %(workspace_id)s and a.key = %(key)s

-- name: keep_answer
-- what to answer when the key comes again
update posthus.idempotent_answer set status = %(status)s, body = %(body)s
where workspace_id = %(workspace_id)s and key = %(key)s

-- name: forget_old_answers
-- an idempotency key is remembered for a day
delete from posthus.idempotent_answer where at < now() - interval '1 day'

-- name: ensure_workspace
-- the first workspace of this name
select w.id from posthus.workspace w where w.name = %(name)s order by w.id limit 1

-- name: add_workspace
-- a new workspace
insert into posthus.workspace (name, domains, language) values (%(name)s, %(domains)s, %(language)s) returning id

-- name: add_member
-- a new person, or the same person with another name, role and password
insert into posthus.member (workspace_id, email, name, role, password_hash)
values (%(workspace_id)s, %(email)s, %(name)s, %(role)s, %(password_hash)s)
on conflict (workspace_id, email) do update
  set name = excluded.name, role = excluded.role, password_hash = excluded.password_hash, disabled_at = null
returning id

-- name: end_sessions
-- sign a person out everywhere
delete from posthus.session where member_id = %(member_id)s

-- name: add_key
-- a new API key, of which only the hash is kept
insert into posthus.api_key (workspace_id, name, key_hash, scopes, created_by)
values (%(workspace_id)s, %(name)s, %(key_hash)s, %(scopes)s, %(created_by)s)
returning id

-- name: alive
-- whether the database answers
select 1 as one
