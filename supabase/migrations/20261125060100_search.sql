-- What searching needs beside the messages: all their words, and what changed since an answer was made.
set local lock_timeout = '4s';

-- Walking a workspace's messages from the newest on: where a word is too common for its index to help.
-- squawk-ignore require-concurrent-index-creation
create index message_newest on posthus.message (workspace_id, sent_at desc, id desc);

-- Every word that is in any message, as it is written: for spelling, other forms, beginnings and compounds.
create table posthus.search_word (
  workspace_id bigint not null,
  word text not null collate "C",
  primary key (workspace_id, word)
);
create index search_word_trigram on posthus.search_word using gin (word extensions.gin_trgm_ops);

-- What a remembered answer must learn: a message that came (or got its conversation or its vectors), or, without
-- a message, a change after which it is made anew. Append-only, read by transaction number, pruned.
create table posthus.search_change (
  workspace_id bigint not null,
  xid xid8 not null default pg_current_xact_id(),
  message_id uuid
);
create index search_change_workspace on posthus.search_change (workspace_id, xid);

select posthus.isolate(array['posthus.search_word', 'posthus.search_change']::regclass[]);
revoke insert, update, delete on posthus.search_word, posthus.search_change from posthus_member;

create function posthus.note_found() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into posthus.search_change (workspace_id, message_id)
  select distinct c.workspace_id, c.message_id from changed c;
  insert into posthus.cache_change (workspace_id, topic) select distinct c.workspace_id, 'search' from changed c;
  return null;
end $$;

create function posthus.note_filed() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into posthus.search_change (workspace_id, message_id) select c.workspace_id, c.id from changed c;
  insert into posthus.cache_change (workspace_id, topic) select distinct c.workspace_id, 'search' from changed c;
  return null;
end $$;

create function posthus.note_unfound() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into posthus.search_change (workspace_id) select distinct c.workspace_id from changed c;
  insert into posthus.cache_change (workspace_id, topic) select distinct c.workspace_id, 'search' from changed c;
  return null;
end $$;

revoke execute on function posthus.note_found() from public;
revoke execute on function posthus.note_filed() from public;
revoke execute on function posthus.note_unfound() from public;

create trigger note_filed after insert on posthus.message
  referencing new table as changed for each statement execute function posthus.note_filed();
create trigger note_unfound_update after update on posthus.message
  referencing new table as changed for each statement execute function posthus.note_unfound();
create trigger note_unfound_delete after delete on posthus.message
  referencing old table as changed for each statement execute function posthus.note_unfound();
create trigger note_found after insert on posthus.chunk_vector
  referencing new table as changed for each statement execute function posthus.note_found();
create trigger note_unfound_update after update on posthus.chunk_vector
  referencing new table as changed for each statement execute function posthus.note_unfound();
create trigger note_unfound_delete after delete on posthus.chunk_vector
  referencing old table as changed for each statement execute function posthus.note_unfound();
create trigger note_found after insert on posthus.conversation_message
  referencing new table as changed for each statement execute function posthus.note_found();
create trigger note_unfound_update after update on posthus.conversation_message
  referencing new table as changed for each statement execute function posthus.note_unfound();
create trigger note_unfound_delete after delete on posthus.conversation_message
  referencing old table as changed for each statement execute function posthus.note_unfound();
create trigger note_unfound_update after update on posthus.contact
  referencing new table as changed for each statement execute function posthus.note_unfound();
create trigger note_unfound_delete after delete on posthus.contact
  referencing old table as changed for each statement execute function posthus.note_unfound();
create trigger note_unfound_update after update on posthus.company
  referencing new table as changed for each statement execute function posthus.note_unfound();
create trigger note_unfound_delete after delete on posthus.company
  referencing old table as changed for each statement execute function posthus.note_unfound();
create trigger note_unfound_update after update on posthus.source
  referencing new table as changed for each statement execute function posthus.note_unfound();
create trigger note_unfound_delete after delete on posthus.source
  referencing old table as changed for each statement execute function posthus.note_unfound();

-- A newly learnt word may widen what a query finds.
create function posthus.note_learnt() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into posthus.cache_change (workspace_id, topic) select distinct c.workspace_id, 'search' from changed c;
  return null;
end $$;
revoke execute on function posthus.note_learnt() from public;
create trigger note_learnt after insert on posthus.search_word
  referencing new table as changed for each statement execute function posthus.note_learnt();

-- As with the other views of words: the trigram and full text operators may use their index only for the owner.
create view posthus.known_words as
select w.workspace_id, w.word
from posthus.search_word w
where current_user <> 'posthus_member' or w.workspace_id = any (array(select posthus.my_workspaces()));

create or replace view posthus.message_words as
select m.id, m.workspace_id, m.source_id, m.channel, m.contact_id, m.sent_at, m.words,
  m.has_attachments, m.from_name, m.from_address, m.recipients, cm.conversation_id, c.status, c.unread
from posthus.message m
left join posthus.conversation_message cm on cm.message_id = m.id
left join posthus.conversation c on c.id = cm.conversation_id
where current_user <> 'posthus_member' or m.workspace_id = any (array(select posthus.my_workspaces()));

-- What a company is known by, for a company named in a query.
create view posthus.company_identity_words as
select i.workspace_id, i.kind, i.value, i.company_id
from posthus.company_identity i
where current_user <> 'posthus_member' or i.workspace_id = any (array(select posthus.my_workspaces()));

-- What was already filed before this migration.
insert into posthus.search_word (workspace_id, word)
select distinct m.workspace_id, w.lexeme collate "C"
from posthus.message m
cross join lateral unnest(to_tsvector('pg_catalog.simple', m.subject || ' ' || left(m.body_text, 20000))) as w (lexeme, positions, weights)
where length(w.lexeme) between 3 and 40 and w.lexeme !~ '[[:digit:][:punct:][:space:]]'
on conflict do nothing;
