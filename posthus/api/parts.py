"""What the application hands to the API: the rooms it may not import, and its settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from psycopg import Connection

from posthus.api.shapes.operations import Operations
from posthus.api.shapes.shape import Language
from posthus.cache.feed import Feed
from posthus.database.pool import Database
from posthus.intake.secrets import NO_KEYS, Keyring
from posthus.jobs import SourceId, WorkspaceId
from posthus.originals.objects import NO_OBJECTS, Objects
from posthus.search.request import Meaning
from posthus.search.reranking import Reranker
from posthus.telemetry import Meter


@dataclass(frozen=True, slots=True)
class SourceNumbers:
    """The counters of one source; `complete` as operations proves it."""

    received: int
    stored: int
    filed: int
    indexed: int
    messages: int
    buried: int
    complete: bool
    last_event_at: datetime | None


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """How this API is reached; `web` is the built client's folder, `cdn_url` where its assets also are.

    `upload_bytes` is what all files being imported may take together.
    """

    public_url: str = "http://127.0.0.1:8000"
    web: Path | None = None
    cdn_url: str | None = None
    behind_proxy: bool = False
    streams_per_session: int = 10
    requests_a_minute: int = 1_200
    upload_bytes: int = 20_000_000_000

    @property
    def secure(self) -> bool:
        """Whether cookies may be bound to https."""
        return self.public_url.startswith("https:")


@dataclass(frozen=True, slots=True)
class ApiParts:
    """Everything the API stands on; without `meaning` search answers by words. Operations' functions get the owner's connection, not a member's."""

    database: Database
    feed: Feed
    operations: Callable[[Connection, WorkspaceId, Language], Operations]
    source_numbers: Callable[[Connection, WorkspaceId], Mapping[SourceId, SourceNumbers]]
    meaning: Callable[[], Meaning | None] = field(default=lambda: None)
    reranker: Reranker | None = None
    meter: Meter = field(default_factory=Meter)
    keyring: Keyring = NO_KEYS
    objects: Objects = NO_OBJECTS
    metrics: Callable[[], str] = field(default=lambda: "")
    settings: ApiSettings = field(default_factory=ApiSettings)
