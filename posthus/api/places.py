"""Where in the inbox a page begins: conversations' places as cursors."""

from datetime import datetime

from posthus.api.pages import make_cursor, read_pair
from posthus.conversations.shown import ConversationPlace


def place_of(cursor: str) -> ConversationPlace | None:
    """Where in the inbox a cursor leads on from."""
    place = read_pair("conversations", cursor, datetime, int)
    return ConversationPlace(*place) if place else None


def cursor_of(place: ConversationPlace) -> str:
    """The cursor that leads on from a conversation."""
    return make_cursor("conversations", (place.last_message_at, place.id))
