-- Linking itself carries over what people decided about conversations that become one; who looks at one is swept away.
set local lock_timeout = '4s';

drop trigger follow_insert on posthus.conversation_alias;
drop trigger follow_update on posthus.conversation_alias;
-- squawk-ignore ban-drop-function
drop function posthus.follow_merged();
