-- name: add_rejections
-- what was refused since the last time, added to the hour's counts
insert into posthus.source_rejection (source_id, workspace_id, hour, reason, count, last_at, detail)
select r.source_id, s.workspace_id, date_trunc('hour', r.last_at, 'UTC'), r.reason, r.count, r.last_at, r.detail
from jsonb_to_recordset(%(rejections)s::text::jsonb) as r (
  source_id bigint, reason text, count bigint, last_at timestamptz, detail text
)
join posthus.source as s on s.id = r.source_id
order by r.source_id, r.reason
on conflict (source_id, hour, reason) do update
set count = source_rejection.count + excluded.count, last_at = excluded.last_at, detail = excluded.detail

-- name: rejections
-- what a source's deliveries were refused for since a time
select hour, reason, count, last_at, detail
from posthus.source_rejection
where workspace_id = %(workspace_id)s and source_id = %(source_id)s and hour >= %(since)s
order by hour, reason

-- name: refused_lately
-- how many deliveries of each source were not accepted within a day, and what the latest was refused for
select source_id, sum(count)::bigint as count, (array_agg(reason order by last_at desc))[1] as reason
from posthus.source_rejection
where workspace_id = %(workspace_id)s and hour >= now() - interval '24 hours'
group by source_id

-- name: arrivals_by_hour
-- how many events a source sent in each hour or day since a time; an event's id tells when it came
select b.at, count(e.id) as received
from generate_series(%(since)s::timestamptz, now(), %(step)s::interval) as b (at)
left join posthus.event as e on e.source_id = %(source_id)s and e.workspace_id = %(workspace_id)s
  and e.state = 'accepted'
  and e.id >= (lpad(to_hex((extract(epoch from b.at) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid
  and e.id < (lpad(to_hex((extract(epoch from b.at + %(step)s::interval) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid
group by b.at order by b.at

-- name: prune_rejections
-- counts older than ninety days
delete from posthus.source_rejection where hour < now() - interval '90 days'
