-- name: lock_workspace
-- One linker or regrouper per workspace at a time, until its transaction ends.
select pg_advisory_xact_lock(hashtextextended('posthus.link', %(workspace_id)s))

-- name: merge_nodes
-- References of threads that turned out to be part of another one.
update posthus.thread_node n set thread_id = x.winner
from jsonb_to_recordset(%(merges)s::jsonb) as x (loser bigint, winner bigint)
where n.thread_id = x.loser and n.workspace_id = %(workspace_id)s

-- name: merge_messages
-- Messages of threads that turned out to be part of another one.
update posthus.conversation_message m set conversation_id = x.winner
from jsonb_to_recordset(%(merges)s::jsonb) as x (loser bigint, winner bigint)
where m.conversation_id = x.loser and m.thread_id is null and m.workspace_id = %(workspace_id)s

-- name: merge_moved_messages
-- The same for messages of one thread that are shown in another one's conversation; either may be gone, or both.
with merges as materialized (
  select x.loser, x.winner from jsonb_to_recordset(%(merges)s::jsonb) as x (loser bigint, winner bigint)
), moved as (
  select cm.message_id from posthus.conversation_message cm join merges m on m.loser = cm.thread_id
  union
  select cm.message_id from posthus.conversation_message cm join merges m on m.loser = cm.conversation_id
  where cm.thread_id is not null
), placed as (
  select cm.message_id, coalesce(shown.winner, cm.conversation_id) as conversation_id,
    coalesce(own.winner, cm.thread_id) as thread_id
  from moved
  join posthus.conversation_message cm on cm.message_id = moved.message_id
  left join merges own on own.loser = cm.thread_id
  left join merges shown on shown.loser = cm.conversation_id
)
update posthus.conversation_message cm
set conversation_id = p.conversation_id, thread_id = nullif(p.thread_id, p.conversation_id)
from placed p
where cm.message_id = p.message_id and cm.workspace_id = %(workspace_id)s

-- name: merge_cuts
-- Cuts in threads that turned out to be part of another one.
update posthus.conversation_cut c set thread_id = x.winner
from jsonb_to_recordset(%(merges)s::jsonb) as x (loser bigint, winner bigint)
where c.thread_id = x.loser and c.workspace_id = %(workspace_id)s

-- name: merge_ties
-- Ties of threads that turned out to be part of another one.
with merges as materialized (
  select x.loser, x.winner from jsonb_to_recordset(%(merges)s::jsonb) as x (loser bigint, winner bigint)
), taken as (
  delete from posthus.conversation_tie t
  where t.workspace_id = %(workspace_id)s
    and (t.one = any (array(select m.loser from merges m)) or t.other = any (array(select m.loser from merges m)))
  returning t.one, t.other, t.clue, t.made_one, t.made_other
), renamed as (
  select coalesce(a.winner, taken.one) as one, coalesce(b.winner, taken.other) as other, taken.clue,
    taken.made_one, taken.made_other
  from taken
  left join merges a on a.loser = taken.one
  left join merges b on b.loser = taken.other
)
insert into posthus.conversation_tie (workspace_id, one, other, clue, made_one, made_other)
select %(workspace_id)s, least(r.one, r.other), greatest(r.one, r.other), r.clue, r.made_one, r.made_other
from renamed r where r.one <> r.other
on conflict (one, other, clue, made_one, made_other) do nothing

-- name: merge_aliases
-- Older numbers go straight to the thread that is left.
update posthus.conversation_alias a set part_id = x.winner, conversation_id = x.winner, was = null
from jsonb_to_recordset(%(merges)s::jsonb) as x (loser bigint, winner bigint)
where a.part_id = x.loser and a.workspace_id = %(workspace_id)s

-- name: remember_aliases
-- The numbers that are gone keep leading to the thread that is left.
insert into posthus.conversation_alias (workspace_id, old_id, part_id, conversation_id)
select %(workspace_id)s, x.loser, x.winner, x.winner
from jsonb_to_recordset(%(merges)s::jsonb) as x (loser bigint, winner bigint)
on conflict (old_id) do update set part_id = excluded.part_id, conversation_id = excluded.conversation_id, was = null

-- name: find_regrouped
-- Which of these threads a person has cut or tied to another.
select x.number
from unnest(%(numbers)s::bigint[]) as x (number)
where exists (select from posthus.conversation_cut c where c.thread_id = x.number)
  or exists (select from posthus.conversation_tie t where t.one = x.number)
  or exists (select from posthus.conversation_tie t where t.other = x.number)

-- name: reach
-- Threads and parts that these lead to over cuts and ties, themselves included.
with recursive reached (number) as (
  select x.number from unnest(%(numbers)s::bigint[]) as x (number)
  union
  select e.number
  from reached r
  cross join lateral (
    select t.other as number from posthus.conversation_tie t where t.one = r.number
    union all select t.one from posthus.conversation_tie t where t.other = r.number
    union all select c.part_id from posthus.conversation_cut c where c.thread_id = r.number and c.part_id is not null
    union all select c.thread_id from posthus.conversation_cut c where c.part_id = r.number
  ) e
)
select r.number, exists (
  select from posthus.conversation_cut c where c.thread_id = r.number and c.workspace_id = %(workspace_id)s
) as is_cut
from reached r
order by r.number

-- name: load_ties
-- The ties among some threads and parts.
select t.one, t.other
from posthus.conversation_tie t
where t.one = any(%(numbers)s::bigint[]) and t.workspace_id = %(workspace_id)s

-- name: load_members
-- Every message of some threads, with what its place in them follows from.
with placed as (
  select cm.message_id, cm.conversation_id as thread_id, cm.conversation_id
  from posthus.conversation_message cm
  where cm.conversation_id = any(%(threads)s::bigint[]) and cm.thread_id is null
  union all
  select cm.message_id, cm.thread_id, cm.conversation_id
  from posthus.conversation_message cm
  where cm.thread_id = any(%(threads)s::bigint[])
)
select p.message_id::text, p.thread_id, p.conversation_id, m.reference_ids::text[], m.own_references::int,
  c.message_id is not null as is_cut, c.part_id
from placed p
join posthus.message m on m.id = p.message_id
left join posthus.conversation_cut c on c.message_id = p.message_id
where m.workspace_id = %(workspace_id)s
order by p.message_id

-- name: bring_back
-- Conversations that a tie had made part of another one, as they were; describing them finds their people again.
insert into posthus.conversation
overriding system value
select n.*
from posthus.conversation_alias a
join posthus.conversation c on c.id = a.conversation_id  -- for columns that are newer than the row that is kept
cross join lateral jsonb_populate_record(null::posthus.conversation,
  to_jsonb(c) || a.was || '{"contact_id": null, "company_id": null}') n
where a.workspace_id = %(workspace_id)s and a.old_id = any(%(conversations)s::bigint[]) and a.part_id = a.old_id
  and a.was is not null
on conflict (id) do nothing

-- name: move_threads
-- Threads that are shown in a conversation of another number from now on.
update posthus.conversation_message cm set conversation_id = x.conversation, thread_id = x.thread
from jsonb_to_recordset(%(threads)s::jsonb) as x (thread bigint, conversation bigint)
where cm.conversation_id = x.thread and cm.thread_id is null and x.conversation <> x.thread
  and cm.workspace_id = %(workspace_id)s

-- name: move_moved_threads
-- Threads that were shown in a conversation of another number before.
update posthus.conversation_message cm
set conversation_id = x.conversation, thread_id = nullif(x.thread, x.conversation)
from jsonb_to_recordset(%(threads)s::jsonb) as x (thread bigint, conversation bigint)
where cm.thread_id = x.thread and cm.conversation_id <> x.conversation and cm.workspace_id = %(workspace_id)s

-- name: move_messages
-- Messages of threads that have been cut, each to its own conversation.
update posthus.conversation_message cm
set conversation_id = x.conversation, thread_id = nullif(x.thread, x.conversation)
from jsonb_to_recordset(%(places)s::jsonb) as x (id uuid, thread bigint, conversation bigint)
where cm.message_id = x.id and cm.workspace_id = %(workspace_id)s

-- name: describe_conversations
-- Make or correct conversations from all their messages, so that the order of arrival leaves no trace.
with touched as (
  select x.id, coalesce(news.any_news, false) as news, coalesce(news.reopens, false) as reopens
  from unnest(%(conversations)s::bigint[]) as x (id)
  left join (
    select cm.conversation_id, bool_or(m.sent_at > m.received_at - interval '7 days') as any_news,
      bool_or(m.sent_at > m.received_at - interval '7 days' and not m.automatic and not m.bulk) as reopens
    from unnest(%(arrivals)s::uuid[]) as p (id)
    join posthus.message m on m.id = p.id
    join posthus.conversation_message cm on cm.message_id = p.id
    where m.direction = 'in'
    group by cm.conversation_id
  ) news on news.conversation_id = x.id
)
insert into posthus.conversation as c (id, workspace_id, source_id, channel, subject, snippet, status, unread,
  contact_id, company_id, message_count, has_attachments, first_message_at, last_message_at)
overriding system value
select touched.id, %(workspace_id)s, first.source_id, first.channel, first.topic, last.snippet, 'open', touched.news,
  who.contact_id, k.company_id, total.messages, total.has_attachments, total.first_at, total.last_at
from touched
cross join lateral (
  select count(*) as messages, bool_or(cm.has_attachments) as has_attachments,
    min(cm.sent_at) as first_at, max(cm.sent_at) as last_at
  from posthus.conversation_message cm where cm.conversation_id = touched.id
) total
cross join lateral (
  select m.source_id, m.channel, m.topic
  from posthus.conversation_message cm join posthus.message m on m.id = cm.message_id
  where cm.conversation_id = touched.id order by cm.sent_at, cm.message_id limit 1
) first
cross join lateral (
  select m.snippet
  from posthus.conversation_message cm join posthus.message m on m.id = cm.message_id
  where cm.conversation_id = touched.id order by cm.sent_at desc, cm.message_id desc limit 1
) last
left join lateral (
  select cm.contact_id
  from posthus.conversation_message cm
  where cm.conversation_id = touched.id and cm.contact_id is not null
  order by cm.sent_at, cm.message_id limit 1
) who on true
left join posthus.contact k on k.id = who.contact_id
on conflict (id) do update set source_id = excluded.source_id, channel = excluded.channel,
  subject = excluded.subject, snippet = excluded.snippet, contact_id = excluded.contact_id,
  company_id = excluded.company_id, message_count = excluded.message_count,
  has_attachments = excluded.has_attachments, first_message_at = excluded.first_message_at,
  last_message_at = excluded.last_message_at, unread = c.unread or excluded.unread,
  status = case when c.id = any (array(select t.id from touched t where t.reopens)) then 'open' else c.status end,
  snoozed_until = case when c.id = any (array(select t.id from touched t where t.reopens)) then null else c.snoozed_until end

-- name: merge_states
-- What people did to a part counts for the whole: open, unread, awake or held if a part was, with all tags.
with part as (
  select x.winner, bool_or(c.unread) as unread, bool_or(c.status = 'open') as open, bool_or(c.held) as held,
    case when bool_and(c.snoozed_until is not null) then min(c.snoozed_until) end as snoozed_until,
    (array_agg(c.assignee_id order by c.id) filter (where c.assignee_id is not null))[1] as assignee_id,
    (array_agg(c.board_column_id order by c.id) filter (where c.board_column_id is not null and not c.board_by_rule))[1]
      as board_column_id,
    (array_agg(c.board_rank order by c.id) filter (where c.board_column_id is not null and not c.board_by_rule))[1]
      as board_rank,
    array_agg(c.id) as ids
  from jsonb_to_recordset(%(merges)s::jsonb) as x (loser bigint, winner bigint)
  join posthus.conversation c on c.id = x.loser
  where c.workspace_id = %(workspace_id)s
  group by x.winner
)
update posthus.conversation c
set unread = c.unread or part.unread,
  status = case when part.open then 'open' else c.status end,
  assignee_id = coalesce(c.assignee_id, part.assignee_id),
  held = c.held or part.held,
  snoozed_until = case when c.snoozed_until is not null and part.snoozed_until is not null
    then least(c.snoozed_until, part.snoozed_until) end,
  tag_ids = array(select distinct t.id from posthus.conversation o cross join lateral unnest(o.tag_ids) as t (id)
    where o.id = c.id or o.id = any (part.ids) order by t.id),
  board_column_id = case when c.board_by_rule then coalesce(part.board_column_id, c.board_column_id)
    else coalesce(c.board_column_id, part.board_column_id) end,
  board_rank = case when (c.board_by_rule or c.board_column_id is null) and part.board_column_id is not null
    then part.board_rank else c.board_rank end,
  board_by_rule = c.board_by_rule and part.board_column_id is null
from part where c.id = part.winner and c.workspace_id = %(workspace_id)s

-- name: stand_on_board
-- Cards that no person has placed: open and answered last, they await the customer, the latest on top; else they are new.
with said as (
  select c.id, c.last_message_at, c.status = 'open' and spoke.direction = 'out' as answered
  from unnest(%(conversations)s::bigint[]) as x (id)
  join posthus.conversation c on c.id = x.id
  left join lateral (
    select m.direction
    from posthus.conversation_message cm join posthus.message m on m.id = cm.message_id
    where cm.conversation_id = c.id and not m.automatic order by cm.sent_at desc, cm.message_id desc limit 1
  ) spoke on true
  where c.workspace_id = %(workspace_id)s and (c.board_by_rule or c.board_column_id is null)
), place as (
  select s.id, b.id as column_id, case when b.id is not null then -extract(epoch from s.last_message_at) end as rank
  from said s
  left join posthus.board_column b on s.answered and b.workspace_id = %(workspace_id)s and b.takes_answered
    and b.deleted_at is null
)
update posthus.conversation c
set board_column_id = p.column_id, board_rank = p.rank, board_by_rule = p.column_id is not null
from place p
where c.id = p.id and (c.board_column_id, c.board_rank) is distinct from (p.column_id, p.rank)

-- name: remember_parts
-- Parts shown in another conversation: their number leads there, and their row is kept for when they come back.
insert into posthus.conversation_alias as a (workspace_id, old_id, part_id, conversation_id, was)
select %(workspace_id)s, x.part, x.part, x.conversation, to_jsonb(c)
from jsonb_to_recordset(%(parts)s::jsonb) as x (part bigint, conversation bigint)
left join posthus.conversation c on c.id = x.part and c.workspace_id = %(workspace_id)s
where x.part <> x.conversation
on conflict (old_id) do update set part_id = excluded.part_id, conversation_id = excluded.conversation_id,
  was = coalesce(excluded.was, a.was)

-- name: follow_parts
-- Every older number leads to where its part is shown now.
update posthus.conversation_alias a set conversation_id = x.conversation
from jsonb_to_recordset(%(parts)s::jsonb) as x (part bigint, conversation bigint)
where a.part_id = x.part and a.conversation_id <> x.conversation and a.workspace_id = %(workspace_id)s

-- name: forget_aliases
-- Conversations that stand for themselves again.
delete from posthus.conversation_alias a
using jsonb_to_recordset(%(parts)s::jsonb) as x (part bigint, conversation bigint)
where a.old_id = x.part and x.part = x.conversation and a.workspace_id = %(workspace_id)s

-- name: drop_merged
-- The rows of conversations that became part of another one; numbers that led to them lead there too.
with merges as (
  select x.loser, x.winner from jsonb_to_recordset(%(merges)s::jsonb) as x (loser bigint, winner bigint)
), led as (
  update posthus.conversation_alias a set conversation_id = m.winner
  from merges m where a.conversation_id = m.loser and a.workspace_id = %(workspace_id)s
)
delete from posthus.conversation c
using merges m
where c.id = m.loser and c.workspace_id = %(workspace_id)s

-- name: drop_empty
-- Conversations that nothing is left in; the numbers that led there lead to where most of it went.
with empty as (
  select x.id from unnest(%(conversations)s::bigint[]) as x (id)
  where not exists (select from posthus.conversation_message cm where cm.conversation_id = x.id)
    and not exists (select from posthus.conversation_alias a where a.old_id = x.id)
), gone as (
  delete from posthus.conversation c using empty where c.id = empty.id and c.workspace_id = %(workspace_id)s
), led as (
  select empty.id, coalesce(
    (select cm.conversation_id from posthus.conversation_message cm where cm.thread_id = empty.id
      group by cm.conversation_id order by count(*) desc, cm.conversation_id limit 1),
    (select min(cm.conversation_id) from posthus.conversation_message cm
      where cm.conversation_id = any(%(related)s::bigint[]) and cm.workspace_id = %(workspace_id)s)) as home
  from empty
), followed as (
  update posthus.conversation_alias a set conversation_id = led.home
  from led where a.conversation_id = led.id and led.home is not null and a.workspace_id = %(workspace_id)s
)
insert into posthus.conversation_alias (workspace_id, old_id, part_id, conversation_id)
select %(workspace_id)s, led.id, led.id, led.home from led where led.home is not null
