"""The inbox and its conversations."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Response

from posthus.api.answers import Answered
from posthus.api.pages import Paging
from posthus.api.problems import Refusal
from posthus.api.shapes import Anchors, Channel, Conversation, ConversationChange, Message, Page
from posthus.api.visits import Reader, Writer

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
    raise Refusal(501, "Not there yet.")


@router.get("/anchors")
def list_anchors(visit: Reader, wanted: Filtered, page_size: PageSize = 100) -> Anchors:
    """Where each page of the same list begins, and how many rows it has."""
    raise Refusal(501, "Not there yet.")


@router.get("/{id}")
def read_conversation(visit: Reader, number: Number) -> Conversation:
    """One conversation; the number of a merged one answers the one it became part of."""
    raise Refusal(501, "Not there yet.")


@router.patch("/{id}", response_model=Conversation)
def change_conversation(visit: Writer, number: Number, change: ConversationChange) -> Response:
    """Open, close, mark as read or unread, or assign a conversation."""
    raise Refusal(501, "Not there yet.")


@router.get("/{id}/messages")
def list_messages(visit: Reader, number: Number, paging: Paged) -> Page[Message]:
    """The messages of a conversation, oldest first."""
    raise Refusal(501, "Not there yet.")
