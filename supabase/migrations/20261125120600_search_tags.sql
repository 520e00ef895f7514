-- Conversations by their tags, for a tag named in a query: the owner's view may use the index of tags.
set local lock_timeout = '4s';

create view posthus.tagged_conversation as
select c.id, c.workspace_id, c.tag_ids, c.last_message_at
from posthus.conversation c
where c.tag_ids <> '{}' and (current_user <> 'posthus_member' or c.workspace_id = any (array(select posthus.my_workspaces())));
