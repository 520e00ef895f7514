-- How many vectors an index has now: beside those of its build they tell how much it has grown, and when to build anew.
set local lock_timeout = '4s';

alter table posthus.vector_index add column present bigint not null default 0;
update posthus.vector_index set present = vectors;
