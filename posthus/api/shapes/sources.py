"""Sources and their secrets."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from posthus.api.shapes.shape import Channel, Direction, Named, Shape

Unverified = Literal["refuse", "retry", "quarantine"]


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
    unverified: Unverified = "refuse"
    per_minute: int = Field(
        default=0, description="Deliveries that each intake process takes in a minute; 0: any number."
    )
    kept_aside: int = 0
    former_until: datetime | None = None
    refused: int = Field(default=0, description="Deliveries of the last day that were not accepted.")
    refused_for: str | None = Field(default=None, description="Why the latest of them was not.")


class Provider(Shape):
    """What the wizard must know of a provider.

    made_by: who makes the secret; optional: the address alone may protect the source; signed: by whom a delivery
    can be proved (`both`: by a test of ours as well); handshake: what it asks for before it sends.
    """

    name: str
    made_by: Literal["us", "them"]
    optional: bool
    handshake: Literal["none", "meta", "slack", "sns", "wotnot"]
    unverified: Unverified


class NewSource(Shape):
    """What making a source takes; `mapping` holds JMESPath expressions for generic JSON."""

    kind: Literal["webhook", "smtp"]
    name: str = Field(min_length=1, max_length=100)
    provider: str = "generic"
    address: str | None = None
    secret: str | None = Field(default=None, min_length=1, max_length=4000)
    signed: bool = True
    unverified: Unverified | None = None
    mapping: dict[str, str] | None = None


class SourceSecret(Shape):
    """A new source or a rotated secret; the secret is shown this once, the former one is good until `former_until`."""

    id: int
    url: str | None
    address: str | None
    secret: str | None
    former_until: datetime | None = None


class Rotate(Shape):
    """A secret that the provider gave (absent: one is made), and for how many hours the former one is good."""

    secret: str | None = Field(default=None, min_length=1, max_length=4000)
    overlap_hours: int = Field(default=0, ge=0, le=168)


class SourceChange(Shape):
    """What may be changed on a source; absent fields stay as they are."""

    name: str | None = Field(default=None, min_length=1, max_length=100)
    enabled: bool | None = None
    unverified: Unverified | None = None
    per_minute: int | None = Field(default=None, ge=0, le=1_000_000)
    mapping: dict[str, str] | None = None


class Sent(Shape):
    """A test event was put in through the real intake."""

    event_id: UUID


class MappingFields(Shape):
    """JMESPath expressions by field; a field that is absent keeps its usual places."""

    mapping: dict[str, str]


class MappingVersion(Shape):
    """One mapping as it was saved."""

    version: int
    mapping: dict[str, str]
    saved_at: datetime
    saved_by: str


class Mappings(Shape):
    """Every mapping a source has had, the newest (which is in use) first, and the fields there are."""

    fields: list[str]
    versions: list[MappingVersion]


class PreviewMessage(Shape):
    """What filing would make of one message of an event."""

    channel: Channel
    direction: Direction
    subject: str
    text: str
    from_name: str
    from_address: str
    from_phone: str
    company: str
    conversation_key: str
    sent_at: datetime | None
    defects: list[str]


class Preview(Shape):
    """The newest event of a source, and what a mapping would make of it; nothing where none has come yet."""

    event_id: UUID | None
    payload: str
    payload_cut: bool
    messages: list[PreviewMessage]


class ReceivedAt(Shape):
    """How many events came in the hour or day that began at `at`."""

    at: datetime
    received: int
    refused: int


class RefusedFor(Shape):
    """How many deliveries were refused for a reason, and what the last one was told."""

    reason: str
    count: int
    last_at: datetime
    detail: str


class SourceActivity(Shape):
    """A source's last day by hours, or its last month by days."""

    step: Literal["hour", "day"]
    received: list[ReceivedAt]
    refused: list[RefusedFor]


class KeptAside(Shape):
    """A delivery that was well addressed but proved nothing; it waits for a decision."""

    event_id: UUID
    source: Named
    provider: str
    reason: str
    detail: str
    size: int
    at: datetime


class KeptAsideDetail(KeptAside):
    """One of them with its headers and its body as text."""

    headers: dict[str, str]
    payload: str
    payload_cut: bool


class Decision(Shape):
    """Which ones: by number, or all of one source, or (neither) all there are."""

    event_ids: list[UUID] | None = Field(default=None, max_length=500)
    source_id: int | None = None


class Decided(Shape):
    """How many were let in or dropped, how many had come again and been believed meanwhile; `more`: ask again."""

    taken: int
    duplicates: int
    more: bool
