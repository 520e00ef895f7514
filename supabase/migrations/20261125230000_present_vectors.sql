-- How many vectors an index has now, and how dense it was built: it is built anew, denser, when its workspace is large.
set local lock_timeout = '4s';

alter table posthus.vector_index add column present bigint not null default 0;
alter table posthus.vector_index add column neighbours smallint not null default 16;
update posthus.vector_index set present = vectors;
