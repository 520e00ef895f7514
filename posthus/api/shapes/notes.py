"""Notes, mentions, timelines and who looks at a conversation."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from posthus.api.shapes.changes import UndoOffer
from posthus.api.shapes.conversations import Message, Tag
from posthus.api.shapes.shape import Named, Number, Shape, Status


class NoteText(Shape):
    """What a note says, and the members it mentions."""

    text: str = Field(min_length=1, max_length=20_000)
    mentions: list[Number] | None = Field(default=None, max_length=50)


class Note(Shape):
    """An internal note; author is null for one that a program wrote."""

    id: int
    author: Named | None
    text: str
    mentions: list[Named]
    created_at: datetime
    edited_at: datetime | None
    editable: bool


class Mention(Shape):
    """A note that mentions the caller, and the one thing it is about."""

    note: Note
    read: bool
    conversation: Named | None
    contact: Named | None
    company: Named | None


class MentionsRead(Shape):
    """Which notes were seen; null: all."""

    note_ids: list[Number] | None = Field(default=None, max_length=500)


class MentionCount(Shape):
    """How many notes mention the caller and were not seen."""

    unread: int


class ConversationState(Shape):
    """Fields of a conversation; only those that `changed` names count."""

    status: Status | None = None
    unread: bool | None = None
    held: bool | None = None
    assignee: Named | None = None
    snoozed_until: datetime | None = None
    tags: list[Tag] = Field(default=[])
    board_column: Named | None = None
    conversations: list[int] = Field(default=[])


class Activity(Shape):
    """What somebody did to a conversation; actor is null for Posthus itself and for programs."""

    id: int
    at: datetime
    actor: Named | None
    action: Literal["changed", "undone", "woken", "merged", "split"]
    changed: list[str]
    before: ConversationState
    after: ConversationState
    undo: UndoOffer | None


class MessageItem(Shape):
    """A message in the timeline."""

    kind: Literal["message"] = "message"
    at: datetime
    message: Message


class NoteItem(Shape):
    """A note in the timeline."""

    kind: Literal["note"] = "note"
    at: datetime
    note: Note


class ActivityItem(Shape):
    """Something that was done, in the timeline."""

    kind: Literal["activity"] = "activity"
    at: datetime
    activity: Activity


class Timeline(Shape):
    """A part of a conversation's timeline, oldest first."""

    items: list[MessageItem | NoteItem | ActivityItem]
    next_cursor: str | None
    previous_cursor: str | None


class Looking(Shape):
    """What the caller does on a conversation's page; to be said every 20 seconds."""

    state: Literal["looking", "writing"]


class Present(Shape):
    """Somebody else who looks at the conversation."""

    member: Named
    state: Literal["looking", "writing"]
    since: datetime


class Presence(Shape):
    """Everybody else who looks at the conversation."""

    items: list[Present]
