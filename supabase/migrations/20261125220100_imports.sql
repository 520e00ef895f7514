-- Imports of old mail: files that a browser sends in by pieces, and what the command line reads; how each of them goes.
set local lock_timeout = '4s';

create table posthus.mail_import (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references posthus.workspace (id),
  source_id bigint not null references posthus.source (id) on delete cascade,
  way text not null check (way in ('browser', 'command')),
  name text not null check (name <> ''),
  size bigint not null check (size >= 0),  -- bytes
  beginning text not null default '',  -- tells apart what has the same name and size, when a file is chosen again
  received bigint not null default 0 check (received between 0 and size),  -- bytes that were sent in
  state text not null check (state in ('uploading', 'waiting', 'running', 'interrupted', 'done', 'failed', 'cancelled')),
  trouble text,  -- why it failed, or was given up
  reached bigint not null default 0,  -- bytes of it that were read
  read bigint not null default 0,
  new bigint not null default 0,
  duplicates bigint not null default 0,
  failed bigint not null default 0,
  created_at timestamptz not null default now(),
  touched_at timestamptz not null default now(),  -- by a sender's piece, or by a batch of its reader
  finished_at timestamptz,
  begun_at timestamptz,  -- of the reading that goes on or was last, and where it began: tells how quick it is
  begun_reached bigint not null default 0,
  begun_read bigint not null default 0,
  attempts smallint not null default 0,  -- of reading, since it last came a step further
  epoch bigint not null default 0,
  leased_until timestamptz
);
create index mail_import_workspace on posthus.mail_import (workspace_id, id);
create index mail_import_unfinished on posthus.mail_import (id)
  where state in ('uploading', 'waiting', 'running', 'interrupted');

-- A file that is being sent in. A piece goes when it was read, or when its import is over.
create table posthus.import_piece (
  import_id bigint not null references posthus.mail_import (id) on delete cascade,
  start bigint not null,
  workspace_id bigint not null,
  body bytea not null check (octet_length(body) between 1 and 4194304),
  primary key (import_id, start)
);
alter table posthus.import_piece alter column body set storage external;  -- most uploads are compressed already

-- What could not be read, or not wholly: where it lies and why.
create table posthus.import_trouble (
  id bigint generated always as identity primary key,
  import_id bigint not null references posthus.mail_import (id) on delete cascade,
  workspace_id bigint not null,
  place text not null,
  reason text not null
);
create index import_trouble_import on posthus.import_trouble (import_id, id);

select posthus.isolate(array['posthus.mail_import', 'posthus.import_piece', 'posthus.import_trouble']::regclass[]);

create trigger note_insert after insert on posthus.mail_import
  referencing new table as changed for each statement execute function posthus.note_change('imports');
create trigger note_update after update on posthus.mail_import
  referencing new table as changed for each statement execute function posthus.note_change('imports');
