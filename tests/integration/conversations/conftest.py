"""A workspace with sources, and the three steps a message takes: received, filed, linked."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from typing import Protocol, TypeVar

import orjson
import pytest
import zstandard

from posthus.conversations.filing import file_events
from posthus.conversations.linking import link_messages
from posthus.database.identifiers import new_event_id
from posthus.database.pool import Database
from posthus.jobs import FileEvent, LinkMessage, MessageId, SourceId, WorkspaceId

Item = TypeVar("Item")


@dataclass
class Office:
    """One workspace; `receive` stores an event as intake does, `file` and `link` are the two stages."""

    database: Database
    workspace_id: WorkspaceId
    sources: dict[str, SourceId] = field(default_factory=dict)

    def source(self, kind: str = "import", provider: str = "generic", settings: object = None) -> SourceId:
        name = f"{kind} {provider} {orjson.dumps(settings).decode()}"
        if name not in self.sources:
            with self.database.transaction() as connection:
                found = connection.execute(
                    "insert into posthus.source (workspace_id, kind, provider, name, token, address, settings)"
                    " values (%s, %s, %s, %s, %s, %s, %s::jsonb) returning id",
                    (
                        self.workspace_id,
                        kind,
                        provider,
                        name,
                        name if kind == "webhook" else None,
                        f"ind{self.workspace_id}@posthus.example.com" if kind == "smtp" else None,
                        orjson.dumps(settings or {}).decode(),
                    ),
                ).fetchone()
            assert found is not None
            self.sources[name] = SourceId(found[0])
        return self.sources[name]

    def receive(self, bodies: Iterable[bytes], source_id: SourceId, kind: str = "mail") -> list[FileEvent]:
        jobs, parameters = [], []
        stored = list(bodies)
        # Within a millisecond ids are random: sorted, they keep the order of the bodies.
        for body, event_id in zip(stored, sorted(new_event_id() for _ in stored), strict=True):
            packed = zstandard.compress(body)
            parameters.append(
                (event_id, self.workspace_id, source_id, kind, len(body), sha256(body).digest(), packed)
            )
            jobs.append(FileEvent(self.workspace_id, source_id, event_id))
        with self.database.transaction() as connection, connection.cursor() as cursor:
            cursor.executemany(
                "insert into posthus.event (id, workspace_id, source_id, kind, codec, size, digest, body)"
                " values (%s, %s, %s, %s, 1, %s, %s, %s)",
                parameters,
            )
        return jobs

    def file(self, jobs: Sequence[FileEvent], batch: int = 200) -> list[LinkMessage]:
        for portion in batches(jobs, batch):
            with self.database.transaction() as connection:
                file_events(connection, portion)
        with self.database.transaction() as connection:
            found = connection.execute(
                "select id, source_id from posthus.message where event_id = any(%s) order by id",
                ([job.event_id for job in jobs],),
            ).fetchall()
        return [LinkMessage(self.workspace_id, SourceId(source), MessageId(one)) for one, source in found]

    def link(self, jobs: Sequence[LinkMessage], batch: int = 500) -> None:
        for portion in batches(jobs, batch):
            with self.database.transaction() as connection:
                link_messages(connection, portion)

    def take_in(self, bodies: Iterable[bytes], source_id: SourceId | None = None, kind: str = "mail") -> None:
        self.link(self.file(self.receive(bodies, source_id or self.source(), kind)))

    def ask(self, query: str, *parameters: object) -> list[tuple[object, ...]]:
        with self.database.transaction() as connection:
            return connection.execute(query.encode(), parameters).fetchall()

    def partition(self) -> set[frozenset[object]]:
        """The conversations as sets of Message-IDs."""
        return self._sets("cm.conversation_id")

    def threads(self) -> set[frozenset[object]]:
        """What ids tie together, as sets of Message-IDs."""
        return self._sets("coalesce(cm.thread_id, cm.conversation_id)")

    def _sets(self, number: str) -> set[frozenset[object]]:
        found: dict[object, set[object]] = {}
        for key, message in self.ask(
            f"select {number}, m.message_id from posthus.conversation_message cm"
            " join posthus.message m on m.id = cm.message_id where cm.workspace_id = %s",
            self.workspace_id,
        ):
            found.setdefault(key, set()).add(message)
        return {frozenset(messages) for messages in found.values()}


def batches(items: Sequence[Item], size: int) -> Iterable[Sequence[Item]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def open_office(database: Database, domains: Sequence[str] = ("os.example",)) -> Office:
    with database.transaction() as connection:
        found = connection.execute(
            "insert into posthus.workspace (name, domains) values ('Os', %s) returning id", (list(domains),)
        ).fetchone()
    assert found is not None
    return Office(database, WorkspaceId(found[0]))


@pytest.fixture
def office(database: Database) -> Office:
    return open_office(database)


@pytest.fixture
def another_office(database: Database) -> Callable[[], Office]:
    return lambda: open_office(database)


class Letter(Protocol):
    """Writes a mail; keyword arguments become header fields."""

    def __call__(self, text: str = "Hej", *, sent_at: datetime | None = None, **fields: str) -> bytes: ...


@pytest.fixture
def letter() -> Letter:
    """A mail of a few words; keyword arguments become header fields."""

    def write(text: str = "Hej", *, sent_at: datetime | None = None, **fields: str) -> bytes:
        mail = EmailMessage()
        fields = {"from_": "Kunde <kunde@firma.example>", "to": "salg@os.example", **fields}
        for name, value in fields.items():
            mail[name.strip("_").replace("_", "-")] = value
        mail["date"] = format_datetime(sent_at or datetime.now(UTC))
        mail.set_content(text)
        return mail.as_bytes()

    return write
