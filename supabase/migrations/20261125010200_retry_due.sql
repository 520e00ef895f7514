-- posthus: no-transaction
-- The index by lane does its work.
-- squawk-ignore require-lock-timeout
drop index concurrently if exists posthus.retry_due;
