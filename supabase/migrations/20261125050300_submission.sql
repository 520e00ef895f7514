-- Passwords with which a company's own systems hand mail in over SMTP.
set local lock_timeout = '4s';

create table posthus.submission_password (
  source_id bigint primary key references posthus.source (id) on delete cascade,
  workspace_id bigint not null,
  hash bytea not null check (octet_length(hash) = 32),
  made_at timestamptz not null default now()
);

select posthus.isolate(array['posthus.submission_password']::regclass[]);
