"""Sources and their secrets."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from posthus.api.shapes.shape import Shape


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
