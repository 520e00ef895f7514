-- Strangers that were asked to come again: a hash of network, sender and recipient, and when they first came.
set local lock_timeout = '4s';

create table posthus.greylist (
  key bytea primary key check (octet_length(key) = 32),
  first_at timestamptz not null default now(),
  seen_at timestamptz not null default now()
);
create index greylist_seen on posthus.greylist (seen_at);

-- Written before anybody is known to belong to a workspace: the owner's alone.
alter table posthus.greylist enable row level security;
revoke all on posthus.greylist from posthus_member;
