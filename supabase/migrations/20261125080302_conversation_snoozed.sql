-- posthus: no-transaction
-- What wakes next.
-- squawk-ignore require-lock-timeout
create index concurrently if not exists conversation_snoozed on posthus.conversation (snoozed_until) where snoozed_until is not null;
