-- What is kept aside or refused shows on every open screen at once.
set local lock_timeout = '4s';

create trigger note_insert after insert on posthus.quarantine
  referencing new table as changed for each statement execute function posthus.note_change('sources');
create trigger note_delete after delete on posthus.quarantine
  referencing old table as changed for each statement execute function posthus.note_change('sources');
create trigger note_insert after insert on posthus.source_rejection
  referencing new table as changed for each statement execute function posthus.note_change('sources');
create trigger note_update after update on posthus.source_rejection
  referencing new table as changed for each statement execute function posthus.note_change('sources');
