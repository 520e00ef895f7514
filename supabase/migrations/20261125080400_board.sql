-- Every workspace has a board: the usual columns at first, which its people then make their own.
set local lock_timeout = '4s';

create function posthus.first_columns() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into posthus.board_column (workspace_id, name, color, takes_new, position)
  select w.id, case w.language when 'da' then c.da else c.en end, c.color, c.position = 1, c.position
  from made w
  cross join (values
    (1, 'Ny', 'New', 'blue'), (2, 'Afventer os', 'Awaiting us', 'amber'),
    (3, 'Afventer kunden', 'Awaiting customer', 'gray'), (4, 'Tilbud sendt', 'Offer sent', 'purple'),
    (5, 'Vundet', 'Won', 'green'), (6, 'Tabt', 'Lost', 'red')
  ) as c (position, da, en, color);
  return null;
end $$;
revoke execute on function posthus.first_columns() from public;

create trigger first_columns after insert on posthus.workspace
  referencing new table as made for each statement execute function posthus.first_columns();

insert into posthus.board_column (workspace_id, name, color, takes_new, position)
select w.id, case w.language when 'da' then c.da else c.en end, c.color, c.position = 1, c.position
from posthus.workspace w
cross join (values
  (1, 'Ny', 'New', 'blue'), (2, 'Afventer os', 'Awaiting us', 'amber'),
  (3, 'Afventer kunden', 'Awaiting customer', 'gray'), (4, 'Tilbud sendt', 'Offer sent', 'purple'),
  (5, 'Vundet', 'Won', 'green'), (6, 'Tabt', 'Lost', 'red')
) as c (position, da, en, color);
