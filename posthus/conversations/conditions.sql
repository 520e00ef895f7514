-- Each query is one condition of a filter: listing.py takes what follows `where` and sets it into the lists' queries.

-- name: status_is
-- Open or closed.
select c.id from posthus.conversation_list c where c.status = %(value)s::text

-- name: assignee_is
-- Somebody's.
select c.id from posthus.conversation_list c where c.assignee_id = %(value)s::bigint

-- name: assignee_in
-- One of several people's.
select c.id from posthus.conversation_list c where c.assignee_id = any (%(value)s::bigint[])

-- name: assignee_nobody
-- Nobody's.
select c.id from posthus.conversation_list c where c.assignee_id is null

-- name: unread_yes
-- Not read since the last message.
select c.id from posthus.conversation_list c where c.unread

-- name: unread_no
-- Read.
select c.id from posthus.conversation_list c where not c.unread

-- name: attachment_yes
-- Files came with it.
select c.id from posthus.conversation_list c where c.has_attachments

-- name: attachment_no
-- No files came with it.
select c.id from posthus.conversation_list c where not c.has_attachments

-- name: snoozed_yes
-- Asleep; it is woken by a write, so that the clock plays no part here.
select c.id from posthus.conversation_list c where c.snoozed_until is not null

-- name: snoozed_no
-- Awake.
select c.id from posthus.conversation_list c where c.snoozed_until is null

-- name: tag_is
-- Has a tag; the first half lets the index of tagged ones be used.
select c.id from posthus.conversation_list c where c.tag_ids <> '{}' and c.tag_ids @> array[%(value)s::bigint]

-- name: tag_in
-- Has one of several tags.
select c.id from posthus.conversation_list c where c.tag_ids <> '{}' and c.tag_ids && %(value)s::bigint[]

-- name: tag_nobody
-- Has no tag.
select c.id from posthus.conversation_list c where c.tag_ids = '{}'

-- name: source_is
-- Came from a source.
select c.id from posthus.conversation_list c where c.source_id = %(value)s::bigint

-- name: source_in
-- Came from one of several sources.
select c.id from posthus.conversation_list c where c.source_id = any (%(value)s::bigint[])

-- name: contact_is
-- With a contact.
select c.id from posthus.conversation_list c where c.contact_id = %(value)s::bigint

-- name: contact_in
-- With one of several contacts.
select c.id from posthus.conversation_list c where c.contact_id = any (%(value)s::bigint[])

-- name: contact_nobody
-- With nobody known.
select c.id from posthus.conversation_list c where c.contact_id is null

-- name: company_is
-- With a company.
select c.id from posthus.conversation_list c where c.company_id = %(value)s::bigint

-- name: company_in
-- With one of several companies.
select c.id from posthus.conversation_list c where c.company_id = any (%(value)s::bigint[])

-- name: company_nobody
-- With no company.
select c.id from posthus.conversation_list c where c.company_id is null

-- name: channel_is
-- Came by a channel.
select c.id from posthus.conversation_list c where c.channel = %(value)s::text

-- name: board_column_is
-- In a column of the board.
select c.id from posthus.conversation_list c where c.board_column_id = %(value)s::bigint

-- name: board_column_in
-- In one of several columns.
select c.id from posthus.conversation_list c where c.board_column_id = any (%(value)s::bigint[])

-- name: board_column_nobody
-- In no column.
select c.id from posthus.conversation_list c where c.board_column_id is null

-- name: last_message_before
-- Quiet since a moment.
select c.id from posthus.conversation_list c where c.last_message_at < %(value)s::timestamptz

-- name: last_message_after
-- With a message since a moment.
select c.id from posthus.conversation_list c where c.last_message_at >= %(value)s::timestamptz

-- name: first_message_before
-- Begun before a moment.
select c.id from posthus.conversation_list c where c.first_message_at < %(value)s::timestamptz

-- name: first_message_after
-- Begun since a moment.
select c.id from posthus.conversation_list c where c.first_message_at >= %(value)s::timestamptz

-- name: snoozed_until_before
-- Wakes before a moment.
select c.id from posthus.conversation_list c where c.snoozed_until < %(value)s::timestamptz

-- name: snoozed_until_after
-- Sleeps until a moment or longer.
select c.id from posthus.conversation_list c where c.snoozed_until >= %(value)s::timestamptz

-- name: text_contains
-- Has a message with these words, as search finds them; through the index of words.
select c.id from posthus.conversation_list c where c.id in (
  select l.conversation_id
  from posthus.message_words w join posthus.conversation_message l on l.message_id = w.id
  where w.workspace_id = %(workspace_id)s
    and w.words @@ (websearch_to_tsquery('danish', %(value)s) || websearch_to_tsquery('english', %(value)s))
)

-- name: subject_contains
-- Has a text in its subject.
select c.id from posthus.conversation_list c where c.subject ilike %(value)s::text
