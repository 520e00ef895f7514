-- name: keep_password
-- replace the password of a mail source
insert into posthus.submission_password as p (source_id, workspace_id, hash)
values (%(source_id)s, %(workspace_id)s, %(hash)s)
on conflict (source_id) do update set hash = excluded.hash, made_at = now()

-- name: password_of
-- the hash of a mail source's password
select hash from posthus.submission_password where source_id = %(source_id)s
