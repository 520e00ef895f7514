"""What is read back: conversations, messages and people as the screens need them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from posthus.conversations.parsed import Span
from posthus.conversations.sender_checks import SenderCheck

Channel = Literal["email", "chat", "form"]
Status = Literal["open", "closed"]


@dataclass(frozen=True, slots=True)
class Named:
    """A reference to something with a number and a name."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A word that people put on conversations; the colour is one of a few names."""

    id: int
    name: str
    color: str


@dataclass(frozen=True, slots=True)
class Correspondent:
    """A name and an address as the message has them."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class ContactSummary:
    """A contact in a row: its best name and one address."""

    id: int
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class ContactLine(ContactSummary):
    """A contact in the list of contacts."""

    company: Named | None
    last_message_at: datetime | None


@dataclass(frozen=True, slots=True)
class CompanyLine(Named):
    """A company in the list of companies; people: how many of its contacts are known."""

    domain: str
    people: int
    last_message_at: datetime | None


@dataclass(frozen=True, slots=True)
class ConversationPlace:
    """Where a row stands in the inbox: what a page continues after."""

    last_message_at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Conversation:
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
    snoozed_until: datetime | None
    board_column: Named | None
    held: bool

    @property
    def place(self) -> ConversationPlace:
        """Where it stands in the inbox."""
        return ConversationPlace(self.last_message_at, self.id)


@dataclass(frozen=True, slots=True)
class Anchors:
    """The last row of each page, and how many rows there are; the last page may be shorter."""

    total: int
    places: list[ConversationPlace]


@dataclass(frozen=True, slots=True)
class AttachmentShown:
    """A file that came with a message."""

    id: int
    name: str
    content_type: str
    size: int
    inline: bool


@dataclass(frozen=True, slots=True)
class MessagePlace:
    """Where a message stands in its conversation: what a page continues after."""

    sent_at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation."""

    id: UUID
    conversation_id: int
    channel: Channel
    direction: Literal["in", "out"]
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
    attachments: list[AttachmentShown]
    sender_check: SenderCheck | None = None

    @property
    def place(self) -> MessagePlace:
        """Where it stands in its conversation."""
        return MessagePlace(self.sent_at, self.id)


@dataclass(frozen=True, slots=True)
class Original:
    """The bytes as they were received, with a name and type to save them under."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ContactAddress:
    """One way to reach a contact."""

    kind: Literal["email", "phone", "external"]
    address: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Key figures of a contact or company."""

    conversations: int
    open_conversations: int
    messages: int
    first_message_at: datetime | None
    last_message_at: datetime | None


@dataclass(frozen=True, slots=True)
class NamePlace:
    """Where a contact or company stands in a list by name."""

    sort_name: str
    id: int


@dataclass(frozen=True, slots=True)
class Contact:
    """A person who writes to the workspace."""

    id: int
    name: str
    title: str
    held: bool
    company: Named | None
    addresses: list[ContactAddress]
    figures: Figures


@dataclass(frozen=True, slots=True)
class Company:
    """An organisation, its domains and its people, the latest first."""

    id: int
    name: str
    cvr: str | None
    held: bool
    domains: list[str]
    contacts: list[ContactSummary]
    figures: Figures
