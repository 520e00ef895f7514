-- name: knock
-- somebody comes; for how many seconds they have been known
insert into posthus.greylist as g (key) values (%(key)s)
on conflict (key) do update set seen_at = now()
returning extract(epoch from now() - g.first_at)::float8

-- name: forget_strangers
-- who came once and never again within two days, or was not seen for five weeks
delete from posthus.greylist
where seen_at < now() - interval '35 days' or (seen_at = first_at and first_at < now() - interval '2 days')
