"""The one inbox: whatever arrives becomes event rows and jobs, in the caller's transaction."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

import zstandard
from psycopg import Connection

from posthus.database.identifiers import new_event_id
from posthus.database.queries import load
from posthus.jobs import EventId, FileEvent, Lane, SourceId, WorkspaceId
from posthus.queue import dedupe, log

SQL = load(__file__)
ASIDE = load(__file__, "quarantine.sql")
PLAIN, ZSTD = 0, 1
_WORTH_COMPRESSING = 200  # bytes; a smaller body saves less than its row costs

Content = str | int | float | bool | None | Sequence["Content"] | Mapping[str, "Content"]


@dataclass(frozen=True, slots=True)
class NewEvent:
    """One delivery as it came; without an idempotency key it is told apart by its body.

    `permanent` events (imports) are known again for ever, the others for at least seven days. The id is made
    here, once: however often the same event is stored (after a commit whose answer was lost, from the spool),
    it is one row.
    """

    workspace_id: WorkspaceId
    source_id: SourceId
    kind: Literal["webhook", "mail"]
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    envelope: Mapping[str, Content] = field(default_factory=dict, repr=False)
    idempotency_key: bytes | None = None
    permanent: bool = False
    event_id: EventId = field(default_factory=new_event_id)

    @property
    def aside(self) -> Mapping[str, str] | None:
        """Why it is kept aside (reason, detail, key); None for what is to be filed."""
        found = self.envelope.get("quarantine")
        return {name: str(value) for name, value in found.items()} if isinstance(found, Mapping) else None

    @property
    def key(self) -> bytes:
        """What makes two deliveries of a source the same one."""
        return self.idempotency_key or sha256(self.body).digest()


@dataclass(frozen=True, slots=True)
class Received:
    """The event that stands for a delivery: its own, or for a duplicate the first one's."""

    event_id: EventId
    duplicate: bool


def receive(
    connection: Connection,
    events: Sequence[NewEvent],
    lane_of: Callable[[SourceId], Lane] = lambda _: "live",
) -> list[Received]:
    """Store what is new and queue it for filing; one answer per event, in order.

    `lane_of` is asked once per new event: imports are bulk work, and so is what exceeds a source's share.
    At most seven statements for any number of events. Takes the log's lock, so commit soon afterwards.
    """
    keys = [event.key for event in events]
    named = [(dedupe.Delivery(event.source_id, key), event) for event, key in zip(events, keys, strict=True)]
    first = _first_mails(connection, [each for each in named if each[1].permanent])
    claims = [
        dedupe.Claim(event.source_id, delivery.key, event.event_id)
        for delivery, event in named
        if not event.permanent
    ]
    remembered = dedupe.remember(connection, claims)
    received = []
    for delivery, event in named:
        event_id = (first if event.permanent else remembered)[delivery]
        received.append(Received(event_id, duplicate=event_id != event.event_id))
    # By id: the same event twice in one call is one event too.
    new = {
        event.event_id: event for event, answer in zip(events, received, strict=True) if not answer.duplicate
    }
    if new:
        added = _store(connection, list(new.values()))
        jobs = [
            FileEvent(event.workspace_id, event.source_id, each, lane_of(event.source_id))
            for each, event in new.items()
            if each in added and event.aside is None
        ]
        if jobs:
            log.put(connection, jobs)
    return received


def _first_mails(
    connection: Connection, named: Sequence[tuple[dedupe.Delivery, NewEvent]]
) -> dict[dedupe.Delivery, EventId]:
    wanted: dict[dedupe.Delivery, NewEvent] = {}
    for delivery, event in named:
        wanted.setdefault(delivery, event)
    if not wanted:
        return {}
    mails = [
        {
            "workspace_id": event.workspace_id,
            "source_id": event.source_id,
            "digest": delivery.key.hex(),
            "event_id": str(event.event_id),
        }
        for delivery, event in wanted.items()
    ]
    first = _mail_rows(connection, SQL["add_seen_mail"], mails)
    missing = [mail for mail, delivery in zip(mails, wanted, strict=True) if delivery not in first]
    # A statement of its own: its snapshot sees what a concurrent import has committed meanwhile.
    return first | _mail_rows(connection, SQL["seen_mail"], missing) if missing else first


def _mail_rows(
    connection: Connection, query: bytes, mails: Sequence[Mapping[str, object]]
) -> dict[dedupe.Delivery, EventId]:
    found = connection.execute(query, {"mails": json.dumps(mails)}).fetchall()
    return {
        dedupe.Delivery(source_id, bytes(digest)): EventId(event_id) for source_id, digest, event_id in found
    }


def _store(connection: Connection, events: Sequence[NewEvent]) -> set[EventId]:
    """The ids that were not there before."""
    compressor = zstandard.ZstdCompressor(level=3)
    bodies: list[bytes] = []
    described = []
    start = 1
    for event in events:
        codec, body = packed(event.body, compressor)
        bodies.append(body)
        described.append(
            {
                "id": str(event.event_id),
                "workspace_id": event.workspace_id,
                "source_id": event.source_id,
                "kind": event.kind,
                "headers": {storable(name): storable(value) for name, value in event.headers.items()},
                "envelope": event.envelope,
                "state": "accepted" if event.aside is None else "quarantined",
                "codec": codec,
                "size": len(event.body),
                "digest": sha256(event.body).hexdigest(),
                "start": start,
                "length": len(body),
            }
        )
        start += len(body)
    found = connection.execute(
        SQL["add_events"], {"events": json.dumps(described), "bodies": b"".join(bodies)}
    )
    added = {EventId(event_id) for (event_id,) in found}
    _keep_aside(connection, [event for event in events if event.event_id in added])
    return added


def _keep_aside(connection: Connection, events: Sequence[NewEvent]) -> None:
    aside = [
        {
            "event_id": str(event.event_id),
            "workspace_id": event.workspace_id,
            "source_id": event.source_id,
            "size": len(event.body),
            **event.aside,
        }
        for event in events
        if event.aside is not None
    ]
    if aside:
        connection.execute(ASIDE["keep_aside"], {"events": json.dumps(aside)})


def packed(body: bytes, compressor: zstandard.ZstdCompressor) -> tuple[int, bytes]:
    """The codec and the bytes to store: compressed where that is smaller."""
    if len(body) >= _WORTH_COMPRESSING:
        smaller = compressor.compress(body)
        if len(smaller) < len(body):
            return ZSTD, smaller
    return PLAIN, body


def storable(text: str) -> str:
    """The text as Postgres can keep it: no NUL, no half of a character (what cannot be kept becomes U+FFFD)."""
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")
