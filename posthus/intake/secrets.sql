-- name: source_secrets
-- every secret of a source, for sealing again
select id, workspace_id, secret from posthus.source where secret is not null order by id

-- name: keep_source_secret
-- a source's secret sealed again, unless somebody has rotated it meanwhile
update posthus.source set secret = %(secret)s where id = %(id)s and secret = %(old)s

-- name: mailbox_secrets
-- every secret of a mailbox, for sealing again
select source_id as id, workspace_id, secret from posthus.mailbox order by source_id

-- name: keep_mailbox_secret
-- a mailbox's secret sealed again, unless it was replaced meanwhile
update posthus.mailbox set secret = %(secret)s where source_id = %(id)s and secret = %(old)s

-- name: former_secrets
-- every secret that is still good after a rotation, for sealing again
select source_id as id, workspace_id, secret from posthus.source_former where secret is not null order by source_id

-- name: keep_former_secret
-- a former secret sealed again
update posthus.source_former set secret = %(secret)s where source_id = %(id)s and secret = %(old)s
