"""Conversations and their messages."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from posthus.api.shapes.changes import UndoOffer
from posthus.api.shapes.shape import Channel, Color, Direction, Named, Number, Shape, Status


class Correspondent(Shape):
    """A name and an address as the message has them."""

    name: str
    address: str


class ContactSummary(Shape):
    """A contact in a row: its best name and one address."""

    id: int
    name: str
    address: str


class Tag(Shape):
    """A word that people put on conversations."""

    id: int
    name: str
    color: Color


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
    tags: list[Tag]
    snoozed_until: datetime | None = Field(description="asleep until then, or until the customer writes")
    board_column: Named | None
    held: bool = Field(description="under legal hold: nothing of it may be deleted")


class ChangedConversation(Conversation):
    """A conversation after a change, and how to take that back."""

    undo: UndoOffer | None


class BulkChange(Shape):
    """What may be changed on many conversations; absent fields stay as they are, null takes away."""

    status: Status | None = None
    unread: bool | None = None
    assignee_id: Number | None = None
    snoozed_until: AwareDatetime | None = Field(default=None, description="a moment to come; null wakes")
    add_tags: list[Number] | None = Field(default=None, max_length=50)
    remove_tags: list[Number] | None = Field(default=None, max_length=50)
    board_column_id: Number | None = Field(default=None, description="a column of the board; null: none")


class ConversationChange(BulkChange):
    """What may be changed on one conversation; absent fields stay as they are, null takes away."""

    held: bool | None = None


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


class SignatureCheck(Shape):
    """A DKIM signature's domain and what became of it."""

    domain: str
    result: str


class SenderCheck(Shape):
    """SPF, DKIM, DMARC and ARC in the words of RFC 8601, and what they come to.

    `proved`: from the domain in From; `contradicted`: that domain denies it; `forwarded`: it would, but the chain of
    servers that passed it on vouches for it; `unproved`: nothing says either; `unknown`: it could not be looked up.
    """

    verdict: Literal["proved", "forwarded", "contradicted", "unproved", "unknown"]
    by: str
    from_domain: str
    spf: str
    spf_domain: str
    dkim: list[SignatureCheck]
    dmarc: str
    policy: str
    arc: str


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
    sender_check: SenderCheck | None = None
