-- name: extend_log
-- two partitions ahead of the newest id
select posthus.extend_log(1048576, 2);

-- name: rotate_log
-- drop the partitions that every cursor has passed
select posthus.rotate_log();

-- name: extend_dedupe
-- partitions of today and the next three days
select posthus.extend_dedupe(3);

-- name: forget_dedupe
-- deliveries are known again for eight days
select posthus.forget_dedupe(8);
