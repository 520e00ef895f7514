-- Originals kept small: files cut out of a mail are contents of the workspace, and mail is compressed with what zstd knows.
set local lock_timeout = '4s';

-- 0 plain, 1 zstd, 2 zstd of a mail whose files were cut out, perhaps with a dictionary.
-- What is there kept a stricter rule, so nothing needs to be looked at.
-- squawk-ignore ban-drop-constraint
alter table posthus.event drop constraint event_codec_check;
alter table posthus.event add constraint event_codec_check check (codec in (0, 1, 2)) not valid;

-- Which originals are not whole without which contents.
create table posthus.original_piece (
  workspace_id bigint not null,
  event_id uuid not null,
  sha256 bytea not null,
  primary key (event_id, sha256),
  foreign key (workspace_id, sha256) references posthus.blob (workspace_id, sha256)
);
create index original_piece_content on posthus.original_piece (workspace_id, sha256);
select posthus.isolate(array['posthus.original_piece']::regclass[]);

-- What zstd takes as known before it reads a mail. Of the whole installation: it holds only words that mails from at
-- least five domains have in common. Never changed and never removed, because originals name it.
create table posthus.dictionary (
  id integer generated always as identity primary key,
  content bytea not null,
  mails bigint not null,  -- how many there were when it was made
  made_at timestamptz not null default now()
);
alter table posthus.dictionary alter column content set storage external;
alter table posthus.dictionary enable row level security;
create policy everybody_reads on posthus.dictionary for select to posthus_member using (true);
revoke insert, update, delete on posthus.dictionary from posthus_member;
