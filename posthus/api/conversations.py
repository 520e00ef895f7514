"""The inbox and its conversations."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response
from psycopg import Connection

from posthus.api.anchoring import Asking
from posthus.api.answers import Answered
from posthus.api.filtering import Filtered, wanted_of
from posthus.api.pages import Cursor, Paging, make_cursor, read_pair
from posthus.api.places import cursor_of, place_of
from posthus.api.shapes.conversations import ChangedConversation, Conversation, ConversationChange, Message
from posthus.api.shapes.shape import Anchors, Page
from posthus.api.shaping import change_of, changed_shape, refused, shape_of, there
from posthus.api.visits import Reader, Writer
from posthus.conversations import listing, reading, shown
from posthus.conversations.changing import change_one
from posthus.conversations.listing import Stretch
from posthus.jobs import ConversationId

router = APIRouter(prefix="/api/v1/conversations", route_class=Answered, tags=["conversations"])
Number = Annotated[int, Path(alias="id", ge=1, le=2**62)]
PageSize = Annotated[int, Query(ge=1, le=200, description="rows between two anchors")]
Paged = Annotated[Paging, Depends()]
Until = Annotated[
    Cursor, Query(description="the anchor of the next page: this one ends where that begins, or at `limit`")
]


@router.get("")
def list_conversations(
    visit: Reader, asked: Filtered, paging: Paged, until: Until = ""
) -> Page[Conversation]:
    """Conversations, the one with the newest message first."""
    stretch = Stretch(paging.limit + 1, place_of(paging.cursor), place_of(until))
    with visit.reading() as connection:
        wanted = wanted_of(visit, connection, asked)
        found = listing.list_conversations(connection, visit.caller.workspace_id, wanted, stretch)
    items = found[: paging.limit]
    more = cursor_of(items[-1].place) if len(found) > paging.limit else None
    return Page(items=[shape_of(one) for one in items], next_cursor=more)


@router.get("/anchors")
def list_anchors(visit: Reader, asked: Filtered, page_size: PageSize = 100) -> Anchors:
    """Where each page of the same list begins, and how many rows it has."""
    with visit.reading() as connection:
        wanted = wanted_of(visit, connection, asked)
    caller = visit.caller
    asking = Asking(caller.workspace_id, caller.identity, wanted, page_size)
    return visit.desk.anchors.read(asking, visit.written)


@router.get("/{id}")
def read_conversation(visit: Reader, number: Number) -> Conversation:
    """One conversation; the number of a merged one answers the one it became part of."""
    with visit.reading() as connection:
        found = listing.conversation(connection, visit.caller.workspace_id, ConversationId(number))
    return shape_of(there(found))


@router.patch("/{id}", response_model=ChangedConversation)
def change_conversation(visit: Writer, number: Number, change: ConversationChange) -> Response:
    """Open, close, mark, assign, snooze, tag, place on the board or hold a conversation; null takes away."""

    def apply(connection: Connection) -> ChangedConversation:
        workspace_id = visit.caller.workspace_id
        current = listing.current_number(connection, workspace_id, ConversationId(number))
        with refused():
            undo = change_one(connection, visit.doer, current, change_of(change, held=change.held))
        return changed_shape(there(listing.conversation(connection, workspace_id, current)), undo)

    return visit.writing(apply)


@router.get("/{id}/messages")
def list_messages(visit: Reader, number: Number, paging: Paged) -> Page[Message]:
    """The messages of a conversation, oldest first."""
    name, workspace_id = f"messages/{number}", visit.caller.workspace_id
    place = read_pair(name, paging.cursor, datetime, UUID)
    after = shown.MessagePlace(*place) if place else None
    with visit.reading() as connection:
        found = reading.messages_of(connection, workspace_id, ConversationId(number), after, paging.limit + 1)
        if not found:
            there(listing.conversation(connection, workspace_id, ConversationId(number)))
    items = found[: paging.limit]
    more = None
    if len(found) > paging.limit:
        more = make_cursor(name, (items[-1].sent_at, items[-1].id))
    return Page(items=[Message.model_validate(one, from_attributes=True) for one in items], next_cursor=more)
