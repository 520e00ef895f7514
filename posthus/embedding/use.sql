-- name: note_use
-- More of today's use of a model.
insert into posthus.embedding_use as u (day, model, requests, texts, tokens, refused)
values (current_date, %(model)s, %(requests)s, %(texts)s, %(tokens)s, %(refused)s)
on conflict (day, model) do update set requests = u.requests + excluded.requests, texts = u.texts + excluded.texts,
  tokens = u.tokens + excluded.tokens, refused = u.refused + excluded.refused;

-- name: used
-- What each model was asked for within so many days.
select u.model, sum(u.requests)::bigint as requests, sum(u.texts)::bigint as texts, sum(u.tokens)::bigint as tokens,
  sum(u.refused)::bigint as refused
from posthus.embedding_use u where u.day > current_date - %(days)s::int group by u.model order by u.model;
