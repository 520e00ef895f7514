"""Conversations and their messages."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from posthus.api.shapes.shape import Channel, Direction, Named, Shape, Status


class Correspondent(Shape):
    """A name and an address as the message has them."""

    name: str
    address: str


class ContactSummary(Shape):
    """A contact in a row: its best name and one address."""

    id: int
    name: str
    address: str


class Conversation(Shape):
    """One row of the inbox, and the head of a conversation's page."""

    id: int
    subject: str
    snippet: str
    channel: Channel
    status: Status
    unread: bool
    message_count: int
    has_attachments: bool
    first_message_at: datetime
    last_message_at: datetime
    contact: ContactSummary | None
    company: Named | None
    assignee: Named | None
    source: Named


class ConversationChange(Shape):
    """What may be changed on a conversation; absent fields stay as they are."""

    status: Status | None = None
    unread: bool | None = None
    assignee_id: int | None = None


class Span(Shape):
    """A stretch of `text`, in characters: what is new, quoted or signature."""

    kind: Literal["new", "quote", "signature"]
    start: int
    end: int


class Attachment(Shape):
    """A file that came with a message; the bytes are at /api/v1/attachments/{id}."""

    id: int
    name: str
    content_type: str
    size: int
    inline: bool


class Message(Shape):
    """One message; its safe HTML is at /api/v1/messages/{id}/html, the original at …/raw."""

    id: UUID
    conversation_id: int
    channel: Channel
    direction: Direction
    message_id: str | None
    subject: str
    sender: Correspondent
    to: list[Correspondent]
    cc: list[Correspondent]
    contact_id: int | None
    source: Named
    sent_at: datetime
    received_at: datetime
    text: str
    spans: list[Span]
    has_html: bool
    has_remote_images: bool
    automatic: bool
    bulk: bool
    defects: list[str]
    attachments: list[Attachment]
