-- posthus: no-transaction
-- Live work that failed is tried again before bulk work that failed.
-- squawk-ignore require-lock-timeout
create index concurrently if not exists retry_by_lane on posthus.retry (stage, bulk, run_at, id);
