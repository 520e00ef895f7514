-- When a message found its conversation, to show how long that takes; what was linked before does not tell.
set local lock_timeout = '4s';

alter table posthus.conversation_message add column linked_at timestamptz;
alter table posthus.conversation_message alter column linked_at set default now();
