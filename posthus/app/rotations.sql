-- name: workspaces_and_models
-- every pair that may have vectors
select w.id, m.id from posthus.workspace as w cross join posthus.embedding_model as m order by w.id, m.id;
