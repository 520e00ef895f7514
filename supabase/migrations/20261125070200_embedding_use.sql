-- What a model behind an address was asked for: it is paid for by the token.
set local lock_timeout = '4s';

create table posthus.embedding_use (
  day date not null,
  model text not null,
  requests bigint not null,
  texts bigint not null,
  tokens bigint not null,
  refused bigint not null,  -- answers that asked to wait, or were errors
  primary key (day, model)
);
-- What the installation spends concerns whoever hosts it: it is read as the owner.
alter table posthus.embedding_use enable row level security;
