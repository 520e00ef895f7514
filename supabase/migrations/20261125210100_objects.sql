-- Large contents may lie in an object store: a folder or a bucket. Whatever is received is in the database first.
set local lock_timeout = '4s';

-- Only who reads contents through `read_contents` reads them at all.
-- squawk-ignore ban-drop-not-null
alter table posthus.blob alter column body drop not null;
alter table posthus.blob add column object text;  -- what its bytes are called in the store, never the same twice
alter table posthus.blob add column object_size integer;  -- how many there are
alter table posthus.blob add column kept_at timestamptz not null default now();
alter table posthus.blob add constraint blob_in_one_place check ((body is null) <> (object is null)) not valid;
-- Rows without a body are new, so these are built over what there is in one pass.
-- squawk-ignore require-concurrent-index-creation
create index blob_here on posthus.blob (size) where object is null;
-- squawk-ignore require-concurrent-index-creation
create index blob_in_store on posthus.blob (size) include (object_size) where object is not null;

-- Objects that no content stands for: about to be written (then it is known for what), or to be removed.
create table posthus.loose_object (
  object text primary key,
  workspace_id bigint not null,
  sha256 bytea,
  since timestamptz not null default now()
);
create unique index loose_object_content on posthus.loose_object (workspace_id, sha256) where sha256 is not null;
create index loose_object_since on posthus.loose_object (since);
select posthus.isolate(array['posthus.loose_object']::regclass[]);

-- However a content leaves its object, the object is not forgotten.
create function posthus.loosen_object() returns trigger
language plpgsql set search_path = ''
as $$
begin
  insert into posthus.loose_object (object, workspace_id) values (old.object, old.workspace_id) on conflict do nothing;
  return null;
end $$;
create trigger blob_gone after delete on posthus.blob
  for each row when (old.object is not null) execute function posthus.loosen_object();
create trigger blob_back after update of object on posthus.blob
  for each row when (old.object is not null and new.object is distinct from old.object)
  execute function posthus.loosen_object();

-- 3: the whole body is a content of the workspace, of which this names the codec and the hash.
-- squawk-ignore ban-drop-constraint
alter table posthus.event drop constraint event_codec_check;
alter table posthus.event add constraint event_codec_check check (codec in (0, 1, 2, 3)) not valid;
