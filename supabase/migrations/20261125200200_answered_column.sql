-- A conversation that no person has placed stands on the board where its last message says: answered, or new.
set local lock_timeout = '4s';

-- squawk-ignore adding-field-with-default
alter table posthus.board_column add column takes_answered boolean not null default false;
-- Whether the rule has put it where it stands; what a person places is theirs from then on.
-- squawk-ignore adding-field-with-default
alter table posthus.conversation add column board_by_rule boolean not null default false;

update posthus.board_column b set takes_answered = true
where b.id in (
  select min(c.id) from posthus.board_column c
  where c.name in ('Afventer kunden', 'Awaiting customer') and c.deleted_at is null group by c.workspace_id
);

create or replace function posthus.first_columns() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into posthus.board_column (workspace_id, name, color, takes_new, takes_answered, position)
  select w.id, case w.language when 'da' then c.da else c.en end, c.color, c.position = 1, c.position = 3, c.position
  from made w
  cross join (values
    (1, 'Ny', 'New', 'blue'), (2, 'Afventer os', 'Awaiting us', 'amber'),
    (3, 'Afventer kunden', 'Awaiting customer', 'gray'), (4, 'Tilbud sendt', 'Offer sent', 'purple'),
    (5, 'Vundet', 'Won', 'green'), (6, 'Tabt', 'Lost', 'red')
  ) as c (position, da, en, color);
  return null;
end $$;
