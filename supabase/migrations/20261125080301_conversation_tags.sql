-- posthus: no-transaction
-- Conversations by tag; most have none.
-- squawk-ignore require-lock-timeout
create index concurrently if not exists conversation_tags on posthus.conversation using gin (tag_ids) where tag_ids <> '{}';
