-- One model serves searches; the next one is made ready beside it, and takes its place at once.
set local lock_timeout = '4s';

alter table posthus.embedding_model add column state text not null default 'former'
  check (state in ('serving', 'next', 'former'));
alter table posthus.embedding_model add column address text;  -- of a model that is asked for elsewhere
alter table posthus.embedding_model add column asked_as text;  -- what it is called there
alter table posthus.embedding_model add column listed_before uuid;  -- the messages from this one on are in the queue
alter table posthus.embedding_model add column listed boolean not null default false;
alter table posthus.embedding_model add column state_at timestamptz not null default now();
update posthus.embedding_model set state = 'serving' where id = (
  select i.model_id from posthus.message_indexed i group by i.model_id order by count(*) desc, i.model_id limit 1);
-- squawk-ignore require-concurrent-index-creation
create unique index embedding_model_state on posthus.embedding_model (state) where state <> 'former';

-- Messages that the next model has passed; empty while there is none.
create table posthus.message_renewed (
  message_id uuid primary key,
  workspace_id bigint not null
);
select posthus.isolate(array['posthus.message_renewed']::regclass[]);
revoke insert, update, delete on posthus.message_renewed from posthus_member;
