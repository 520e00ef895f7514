-- name: source_secrets
-- every secret of a source, for sealing again
select id, workspace_id, secret from posthus.source where secret is not null order by id

-- name: keep_source_secret
-- a source's secret sealed again, unless somebody has rotated it meanwhile
update posthus.source set secret = %(secret)s where id = %(id)s and secret = %(old)s
