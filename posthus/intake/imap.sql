-- name: add_mailbox
-- a mailbox to follow, for a source of kind imap
insert into posthus.mailbox (
  source_id, workspace_id, host, port, security, username, sign_in, token_url, client_id, scope, secret, folders
)
values (
  %(source_id)s, %(workspace_id)s, %(host)s, %(port)s, %(security)s, %(username)s, %(sign_in)s,
  %(token_url)s, %(client_id)s, %(scope)s, %(secret)s, %(folders)s::text[]
)

-- name: change_mailbox
-- reach it otherwise from now on, at once
update posthus.mailbox
set host = %(host)s, port = %(port)s, security = %(security)s, username = %(username)s, sign_in = %(sign_in)s,
  token_url = %(token_url)s, client_id = %(client_id)s, scope = %(scope)s, secret = %(secret)s,
  folders = %(folders)s::text[], version = version + 1, next_at = now(), failures = 0
where source_id = %(source_id)s and workspace_id = %(workspace_id)s

-- name: mailbox
-- how one mailbox is reached
select source_id, workspace_id, host, port, security, username, sign_in, token_url, client_id, scope, secret,
  folders, version, epoch, failures
from posthus.mailbox where source_id = %(source_id)s and workspace_id = %(workspace_id)s

-- name: mailbox_states
-- every mailbox of a workspace as it stands
select m.source_id, s.name, m.host, m.port, m.security, m.username, m.sign_in, m.folders, s.enabled,
  case when m.leased_until > now() then m.state else 'waiting' end as state,
  m.trouble, m.words, m.failures, m.next_at, m.seen_at, m.capabilities,
  m.check_asked_at is not null and m.check_asked_at > coalesce(f.checked_at, '-infinity') as check_asked
from posthus.mailbox as m
join posthus.source as s on s.id = m.source_id
left join lateral (
  select min(o.checked_at) as checked_at from posthus.mailbox_folder as o
  where o.source_id = m.source_id and o.gone_at is null
) as f on true
where m.workspace_id = %(workspace_id)s
order by s.name

-- name: folder_states
-- every folder of a workspace's mailboxes as it stands
select f.id, f.source_id, f.name, f.on_server, f.known, f.missing, f.started_at, f.taken, f.caught_up_at,
  f.checked_at, f.trouble, f.gone_at,
  (select count(*) from posthus.mailbox_message as g where g.folder_id = f.id and g.gone_at is not null) as gone,
  (select count(*) from posthus.mailbox_message as t where t.folder_id = f.id and t.trouble is not null
    and t.gone_at is null and t.uid_validity = f.uid_validity) as troubled
from posthus.mailbox_folder as f
where f.workspace_id = %(workspace_id)s
order by f.source_id, upper(f.name) <> 'INBOX', f.name

-- name: troubled_messages
-- what could not be taken in, newest first
select f.name as folder, m.uid, m.trouble, m.attempts
from posthus.mailbox_message as m
join posthus.mailbox_folder as f on f.id = m.folder_id and f.uid_validity = m.uid_validity
where f.source_id = %(source_id)s and f.workspace_id = %(workspace_id)s and m.trouble is not null and m.gone_at is null
order by m.uid desc limit %(limit)s

-- name: ask_for_check
-- have all uids compared soon
update posthus.mailbox set check_asked_at = clock_timestamp(), next_at = least(next_at, now())
where source_id = %(source_id)s and workspace_id = %(workspace_id)s

-- name: claim_mailboxes
-- take what is due and nobody follows
update posthus.mailbox as m
set holder = %(holder)s, epoch = m.epoch + 1, leased_until = now() + make_interval(secs => %(lease)s), state = 'following'
from (
  select d.source_id from posthus.mailbox as d
  join posthus.source as s on s.id = d.source_id
  where s.enabled and d.next_at <= now() and (d.leased_until is null or d.leased_until < now())
  order by d.next_at limit %(most)s
  for update of d skip locked
) as due
where m.source_id = due.source_id
returning m.source_id, m.workspace_id, m.host, m.port, m.security, m.username, m.sign_in, m.token_url, m.client_id,
  m.scope, m.secret, m.folders, m.version, m.epoch, m.failures

-- name: renew_leases
-- keep what this process follows; answers what it may go on with
update posthus.mailbox as m
set leased_until = now() + make_interval(secs => %(lease)s)
from posthus.source as s
where m.holder = %(holder)s and s.id = m.source_id and s.enabled
returning m.source_id, m.epoch, m.version, m.check_asked_at

-- name: release_mailbox
-- nobody follows it any more; it is due again when the wait is over
update posthus.mailbox
set holder = null, leased_until = null, state = 'waiting', trouble = %(trouble)s, words = %(words)s,
  failures = %(failures)s, next_at = now() + make_interval(secs => %(wait)s)
where source_id = %(source_id)s and epoch = %(epoch)s

-- name: still_ours
-- a share lock on the lease: nobody else takes the mailbox before this transaction ends
select 1 from posthus.mailbox where source_id = %(source_id)s and epoch = %(epoch)s and holder is not null for share

-- name: mailbox_answered
-- it was reached and signed in to
update posthus.mailbox
set trouble = null, words = null, failures = 0, seen_at = now(), capabilities = %(capabilities)s::text[]
where source_id = %(source_id)s and epoch = %(epoch)s

-- name: replace_mailbox_secret
-- another secret for the same sign-in
update posthus.mailbox set secret = %(secret)s where source_id = %(id)s and workspace_id = %(workspace_id)s

-- name: open_folder
-- a folder as it is known; another uid validity means that all its numbers are new
insert into posthus.mailbox_folder as f (workspace_id, source_id, name, uid_validity)
values (%(workspace_id)s, %(source_id)s, %(name)s, %(uid_validity)s)
on conflict (source_id, name) do update
set uid_validity = excluded.uid_validity, gone_at = null, trouble = null,
  uid_next = case when f.uid_validity = excluded.uid_validity then f.uid_next else 1 end,
  modseq = case when f.uid_validity = excluded.uid_validity then f.modseq else 0 end,
  known = case when f.uid_validity = excluded.uid_validity then f.known else 0 end,
  caught_up_at = case when f.uid_validity = excluded.uid_validity then f.caught_up_at end,
  checked_at = case when f.uid_validity = excluded.uid_validity then f.checked_at end
returning id, workspace_id, source_id, name, uid_validity, uid_next, modseq, batch, checked_at,
  caught_up_at is not null as caught_up

-- name: mark_old_numbers
-- messages of an earlier uid validity are no longer to be found under their numbers
update posthus.mailbox_message set gone_at = now()
where folder_id = %(folder_id)s and uid_validity <> %(uid_validity)s and gone_at is null

-- name: mark_folders_gone
-- folders that the server no longer shows
update posthus.mailbox_folder set gone_at = now()
where source_id = %(source_id)s and gone_at is null and name <> all(%(names)s::text[])

-- name: mark_messages_gone_with_folder
-- their messages went with them
update posthus.mailbox_message as m set gone_at = now()
from posthus.mailbox_folder as f
where f.id = m.folder_id and f.source_id = %(source_id)s and f.gone_at is not null and m.gone_at is null

-- name: compare_uids
-- what the server has and we do not; what failed earlier is tried again some times
select (%(server)s::text::int8multirange - coalesce(range_agg(int8range(m.uid, m.uid + 1)), '{}'))::text
from posthus.mailbox_message as m
where m.folder_id = %(folder_id)s and m.uid_validity = %(uid_validity)s
  and (m.event_id is not null or m.attempts >= %(attempts)s)

-- name: mark_vanished
-- what we have and the server has not, or has again
update posthus.mailbox_message as m
set gone_at = case when m.uid <@ s.uids then null else now() end
from (select %(server)s::text::int8multirange as uids) as s
where m.folder_id = %(folder_id)s and m.uid_validity = %(uid_validity)s and (m.gone_at is null) <> (m.uid <@ s.uids)

-- name: mark_gone
-- what the server says has vanished
with gone as (
  update posthus.mailbox_message as m set gone_at = now()
  where m.folder_id = %(folder_id)s and m.uid_validity = %(uid_validity)s
    and m.uid <@ %(uids)s::text::int8multirange and m.gone_at is null
  returning m.event_id
)
update posthus.mailbox_folder set known = known - (select count(event_id) from gone) where id = %(folder_id)s

-- name: save_comparison
-- what the comparison of all uids found
update posthus.mailbox_folder
set checked_at = clock_timestamp(), on_server = %(on_server)s, missing = %(missing)s::bigint,
  known = (
    select count(*) from posthus.mailbox_message as m
    where m.folder_id = %(folder_id)s and m.uid_validity = %(uid_validity)s and m.gone_at is null and m.event_id is not null
  ),
  started_at = case when %(missing)s::bigint > 0 then now() else started_at end,
  taken = case when %(missing)s::bigint > 0 then 0 else taken end
where id = %(folder_id)s

-- name: save_place
-- how far the folder has come; only what is wholly taken in moves uid_next
update posthus.mailbox_folder
set uid_next = %(uid_next)s, modseq = %(modseq)s, on_server = %(on_server)s,
  caught_up_at = case when %(caught_up)s::boolean then coalesce(caught_up_at, now()) end
where id = %(folder_id)s

-- name: save_messages
-- where messages lie, with their events or with the reason why there is none
insert into posthus.mailbox_message as known (
  folder_id, uid_validity, uid, workspace_id, event_id, flags, trouble, attempts
)
select %(folder_id)s, %(uid_validity)s, m.uid, %(workspace_id)s, m.event_id, m.flags, m.trouble,
  (m.trouble is not null)::int
from jsonb_to_recordset(%(messages)s::text::jsonb) as m (uid bigint, event_id uuid, flags text[], trouble text)
on conflict (folder_id, uid_validity, uid) do update
set event_id = excluded.event_id, flags = excluded.flags, trouble = excluded.trouble,
  attempts = known.attempts + excluded.attempts, gone_at = null
where known.event_id is null

-- name: count_taken
-- progress, and the size of the next batch
update posthus.mailbox_folder
set taken = taken + %(taken)s, known = known + %(known)s, batch = %(batch)s,
  missing = greatest(0, missing - %(taken)s)
where id = %(folder_id)s

-- name: save_flags
-- flags as the server has them now
update posthus.mailbox_message as known set flags = m.flags
from jsonb_to_recordset(%(messages)s::text::jsonb) as m (uid bigint, flags text[])
where known.folder_id = %(folder_id)s and known.uid_validity = %(uid_validity)s and known.uid = m.uid
  and known.flags <> m.flags

-- name: folder_trouble
-- one folder cannot be read; the others go on
update posthus.mailbox_folder set trouble = %(trouble)s where source_id = %(source_id)s and name = %(name)s

-- name: mailbox_of_event
-- where a mail lies on its server, the newest place first
select f.name as folder, m.flags, m.gone_at
from posthus.mailbox_message as m
join posthus.mailbox_folder as f on f.id = m.folder_id
where m.event_id = %(event_id)s and m.workspace_id = %(workspace_id)s
order by m.gone_at is not null, m.uid desc limit 1
