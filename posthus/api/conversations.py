"""The inbox and its conversations."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response
from psycopg import Connection

from posthus.api.answers import Answered
from posthus.api.pages import Paging, make_cursor, read_pair
from posthus.api.problems import Refusal, not_found
from posthus.api.shapes.conversations import Conversation, ConversationChange, Message
from posthus.api.shapes.shape import Anchors, Channel, Page
from posthus.api.visits import Reader, Visit, Writer
from posthus.cache.remember import Loaded, stand_still
from posthus.cache.snapshot import Topic
from posthus.conversations import reading, shown
from posthus.database.pool import assume
from posthus.jobs import ConversationId

router = APIRouter(prefix="/api/v1/conversations", route_class=Answered, tags=["conversations"])
Number = Annotated[int, Path(alias="id", ge=1, le=2**62)]
Wanted = Annotated[int | None, Query(ge=1, le=2**62)]
PageSize = Annotated[int, Query(ge=1, le=1000, description="rows between two anchors")]


@dataclass(frozen=True, slots=True)
class ConversationFilter:
    """Which conversations; what is left out does not filter."""

    status: Literal["open", "closed", "all"] = "all"
    unread: bool | None = None
    assignee: Annotated[str | None, Query(pattern="^(me|none|[0-9]{1,18})$")] = None
    source: Wanted = None
    contact: Wanted = None
    company: Wanted = None
    channel: Channel | None = None


Filtered = Annotated[ConversationFilter, Depends()]
Paged = Annotated[Paging, Depends()]


@router.get("")
def list_conversations(visit: Reader, wanted: Filtered, paging: Paged) -> Page[Conversation]:
    """Conversations, the one with the newest message first."""
    place = read_pair("conversations", paging.cursor, datetime, int)
    after = shown.ConversationPlace(*place) if place else None
    with visit.reading() as connection:
        found = reading.list_conversations(
            connection, visit.caller.workspace_id, _which(visit, wanted), after, paging.limit + 1
        )
    items = found[: paging.limit]
    more = _cursor(items[-1].place) if len(found) > paging.limit else None
    return Page(items=[_shape(one) for one in items], next_cursor=more)


@router.get("/anchors")
def list_anchors(visit: Reader, wanted: Filtered, page_size: PageSize = 100) -> Anchors:
    """Where each page of the same list begins, and how many rows it has."""
    which, workspace_id = _which(visit, wanted), visit.caller.workspace_id

    def load() -> Loaded[Anchors]:
        with visit.desk.database.transaction() as connection:
            stamp = stand_still(connection)
            assume(connection, visit.caller.identity)
            found = reading.anchors(connection, workspace_id, which, page_size)
        # The first page begins before every row.
        cursors = ["", *(_cursor(place) for place in found.places)]
        value = Anchors(total=found.total, page_size=page_size, anchors=cursors)
        return Loaded(value, stamp, frozenset({Topic(workspace_id, "conversations")}))

    return visit.desk.anchors.remember((workspace_id, which, page_size), load, visit.written)


@router.get("/{id}")
def read_conversation(visit: Reader, number: Number) -> Conversation:
    """One conversation; the number of a merged one answers the one it became part of."""
    with visit.reading() as connection:
        found = reading.conversation(connection, visit.caller.workspace_id, ConversationId(number))
    return _shape(_there(found))


@router.patch("/{id}", response_model=Conversation)
def change_conversation(visit: Writer, number: Number, change: ConversationChange) -> Response:
    """Open, close, mark as read or unread, or assign a conversation; `assignee_id: null` takes it from everybody."""
    wanted = shown.ConversationChange(
        status=change.status,
        unread=change.unread,
        assign="assignee_id" in change.model_fields_set,
        assignee_id=change.assignee_id,
    )

    def apply(connection: Connection) -> Conversation:
        try:
            found = reading.change_conversation(
                connection, visit.caller.workspace_id, ConversationId(number), wanted
            )
        except reading.UnknownAssigneeError as error:
            raise Refusal(422, "The assignee is no member of this workspace.") from error
        return _shape(_there(found))

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
            _there(reading.conversation(connection, workspace_id, ConversationId(number)))
    items = found[: paging.limit]
    more = None
    if len(found) > paging.limit:
        more = make_cursor(name, (items[-1].sent_at, items[-1].id))
    return Page(items=[Message.model_validate(one, from_attributes=True) for one in items], next_cursor=more)


def _which(visit: Visit, wanted: ConversationFilter) -> shown.ConversationFilter:
    assignee_id = None
    if wanted.assignee == "me":
        assignee_id = visit.caller.member_id
        if assignee_id is None:
            raise Refusal(422, "An API key is nobody's; ask for an assignee by number.")
    elif wanted.assignee not in {None, "none"}:
        assignee_id = int(wanted.assignee or 0)
    return shown.ConversationFilter(
        status=None if wanted.status == "all" else wanted.status,
        unread=wanted.unread,
        assignee_id=assignee_id,
        unassigned=wanted.assignee == "none",
        source_id=wanted.source,
        contact_id=wanted.contact,
        company_id=wanted.company,
        channel=wanted.channel,
    )


def _cursor(place: shown.ConversationPlace) -> str:
    return make_cursor("conversations", (place.last_message_at, place.id))


def _shape(found: shown.Conversation) -> Conversation:
    return Conversation.model_validate(found, from_attributes=True)


def _there(found: shown.Conversation | None) -> shown.Conversation:
    if found is None:
        raise not_found("conversation")
    return found
