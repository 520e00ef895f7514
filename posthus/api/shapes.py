"""Every shape that crosses the API, as OpenAPI shows it; lists answer `{"items", "next_cursor"}`."""

from datetime import datetime
from typing import Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item")
Channel = Literal["email", "chat", "form"]
Direction = Literal["in", "out"]
Status = Literal["open", "closed"]
Role = Literal["admin", "manager", "agent", "read-only"]
Language = Literal["da", "en"]


class Shape(BaseModel):
    """What all shapes share: no unknown fields, nothing changes after it is made."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Page(Shape, Generic[Item]):
    """One page of a list; `next_cursor` is null on the last one."""

    items: list[Item]
    next_cursor: str | None


class Problem(Shape):
    """An error as RFC 9457 has it; `detail` says what to do."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


class Named(Shape):
    """A reference to something with a number and a name."""

    id: int
    name: str


class Login(Shape):
    """What signing in takes."""

    email: str = Field(max_length=320)
    password: str = Field(max_length=1000)


class Member(Shape):
    """A person of the workspace."""

    id: int
    email: str
    name: str
    role: Role
    language: Language | None


class Session(Shape):
    """Who is signed in; `csrf` goes into the header X-CSRF-Token of every write."""

    member: Member
    workspace: Named
    csrf: str


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


class Anchors(Shape):
    """Where each page of a list begins, so that any place can be jumped to; `total` counts all rows."""

    total: int
    page_size: int
    anchors: list[str]


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


class ContactAddress(Shape):
    """One way to reach a contact."""

    kind: Literal["email", "phone", "external"]
    address: str


class Figures(Shape):
    """Key figures of a contact or company."""

    conversations: int
    open_conversations: int
    messages: int
    first_message_at: datetime | None
    last_message_at: datetime | None


class Contact(Shape):
    """A person who writes to the workspace."""

    id: int
    name: str
    company: Named | None
    addresses: list[ContactAddress]
    figures: Figures


class Company(Shape):
    """An organisation, its domains and its people (the first 50 by latest message)."""

    id: int
    name: str
    cvr: str | None
    domains: list[str]
    contacts: list[ContactSummary]
    figures: Figures


class Highlight(Shape):
    """Characters of `snippet` that matched a word."""

    start: int
    end: int


class Hit(Shape):
    """One message that answers a search, best first."""

    message_id: UUID
    conversation_id: int
    subject: str
    sender: Correspondent
    sent_at: datetime
    channel: Channel
    contact: ContactSummary | None
    company: Named | None
    source: Named
    snippet: str
    highlights: list[Highlight]
    score: float
    why: Literal["words", "meaning", "both"]


class SearchAnswer(Shape):
    """Hits with how they were found; `not_yet_indexed` messages are findable by words only."""

    items: list[Hit]
    contacts: list[ContactSummary]
    companies: list[Named]
    mode: Literal["hybrid", "words", "meaning"]
    plan: str
    milliseconds: float
    not_yet_indexed: int


class Source(Shape):
    """Where things come from, with the proof that nothing is missing.

    complete: received = stored = filed + buried, and every filed message is indexed.
    """

    id: int
    name: str
    kind: Literal["webhook", "smtp", "imap", "import"]
    provider: str
    url: str | None
    address: str | None
    enabled: bool
    has_secret: bool
    received: int
    stored: int
    filed: int
    indexed: int
    messages: int
    buried: int
    last_event_at: datetime | None
    complete: bool


class NewSource(Shape):
    """What making a source takes; `mapping` holds JMESPath expressions for generic JSON."""

    kind: Literal["webhook", "smtp"]
    name: str = Field(min_length=1, max_length=100)
    provider: str = "generic"
    address: str | None = None
    mapping: dict[str, str] | None = None


class SourceSecret(Shape):
    """A new source or a rotated secret; the secret is shown this once."""

    id: int
    url: str | None
    address: str | None
    secret: str | None


class SourceChange(Shape):
    """What may be changed on a source; absent fields stay as they are."""

    name: str | None = Field(default=None, min_length=1, max_length=100)
    enabled: bool | None = None
    mapping: dict[str, str] | None = None


class Sent(Shape):
    """A test event was put in through the real intake."""

    event_id: UUID


class Stage(Shape):
    """A kind of work, now: rates per second over the last minute."""

    stage: str
    in_rate: float
    out_rate: float
    backlog: int
    oldest_seconds: float
    seconds_to_drain: float | None
    workers: int
    retrying: int
    buried: int


class StageSample(Shape):
    """One point of the operations plot, of one stage."""

    at: datetime
    stage: str
    in_rate: float
    out_rate: float
    backlog: int


class ProcessUse(Shape):
    """One running process: its role, how much processor (0-1 per core) and memory it uses."""

    role: str
    host: str
    pid: int
    processor: float
    memory_bytes: int
    seen_at: datetime


class Invariant(Shape):
    """A promise that is checked while Posthus runs."""

    name: str
    holds: bool
    detail: str


class Operations(Shape):
    """What the operations page shows."""

    complete: bool
    bottleneck: str
    stages: list[Stage]
    samples: list[StageSample]
    processes: list[ProcessUse]
    invariants: list[Invariant]
    database_bytes: int
    version: str


class Buried(Shape):
    """A job that kept failing, with why."""

    id: int
    stage: str
    source: Named | None
    error: str
    attempts: int
    buried_at: datetime
    event_id: UUID | None


class BuriedDetail(Buried):
    """A buried job with the payload it carries; `payload` is text, cut at 64 KiB."""

    headers: dict[str, str]
    payload: str
    payload_cut: bool


class BuriedEdit(Shape):
    """A corrected payload for an event that could not be filed; it is replayed at once."""

    payload: str = Field(max_length=1_000_000)


class LiveChange(Shape):
    """What the stream at /api/v1/events sends: topics that changed since the last line.

    Topics: `conversations`, `conversation/42`, `contacts`, `companies`, `sources`, `operations`.
    """

    topics: list[str]
