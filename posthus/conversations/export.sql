-- name: export_messages
-- every message of a workspace with its people and files, in the order it was received
select m.id, m.message_id, cm.conversation_id, s.name as source, m.sent_at, m.from_name, m.from_address, m.recipients,
  m.subject, m.body_text, m.spans, co.name as company, nullif(c.name, '') as contact,
  coalesce(
    (select jsonb_agg(jsonb_build_object('name', a.name, 'type', a.content_type, 'size', a.size,
                                         'sha256', encode(a.sha256, 'hex')) order by a.position)
     from posthus.attachment a where a.message_id = m.id), '[]'::jsonb) as attachments
from posthus.message m
join posthus.source s on s.id = m.source_id
left join posthus.conversation_message cm on cm.message_id = m.id
left join posthus.contact c on c.id = m.contact_id
left join posthus.company co on co.id = c.company_id
where m.workspace_id = %(workspace_id)s
order by m.id;
