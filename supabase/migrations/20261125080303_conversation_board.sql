-- posthus: no-transaction
-- The cards of a column, in their order.
-- squawk-ignore require-lock-timeout
create index concurrently if not exists conversation_board on posthus.conversation (board_column_id, board_rank, id) where board_column_id is not null;
