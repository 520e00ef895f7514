"""The one inbox: whatever arrives becomes event rows and jobs, in the caller's transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

import orjson
import zstandard
from psycopg import Connection

from posthus.database.identifiers import new_event_id
from posthus.database.queries import load
from posthus.jobs import EventId, FileEvent, Lane, SourceId, WorkspaceId
from posthus.queue import dedupe, log
from posthus.queue.lanes import part_of

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

    `lane_of` is asked once per event: imports are bulk work, and so is what exceeds a source's share. Takes the
    log's lock, so commit soon afterwards. One statement, hence a transaction of its own where the caller has none
    (see `alone`), unless there is permanent mail or what is kept aside.
    """
    passing = [event for event in events if not event.permanent]
    permanent = [event for event in events if event.permanent]
    answers: dict[EventId, Received] = {}
    for group, store in ((permanent, _receive_permanent), (passing, _receive_passing)):
        if group:
            answers |= zip(
                (event.event_id for event in group), store(connection, group, lane_of), strict=True
            )
    return [answers[event.event_id] for event in events]


def alone(events: Sequence[NewEvent]) -> bool:
    """Whether `receive` is one statement for these, and so needs no transaction around it."""
    return not any(event.permanent or event.aside is not None for event in events)


def _receive_passing(
    connection: Connection, events: Sequence[NewEvent], lane_of: Callable[[SourceId], Lane]
) -> list[Received]:
    described, bodies = _described(events)
    for row, event in zip(described, events, strict=True):
        row["key"] = dedupe.stored_key(event.key).hex()
        row["part"] = part_of(_job(event, lane_of))
    values = {
        "events": _json(described),
        "bodies": bodies,
        "lock_class": log.LOCK_CLASS,
        "lock": log.LOCKS["received"],
    }
    received = [Received(event.event_id, duplicate=False) for event in events]
    for place, event_id in connection.execute(SQL["receive_events"], values):
        received[place - 1] = Received(EventId(event_id), duplicate=True)
    _keep_aside(
        connection, [event for event, answer in zip(events, received, strict=True) if not answer.duplicate]
    )
    return received


def _receive_permanent(
    connection: Connection, events: Sequence[NewEvent], lane_of: Callable[[SourceId], Lane]
) -> list[Received]:
    first = _first_mails(connection, events)
    received = [
        Received(
            first[event.source_id, event.key], duplicate=first[event.source_id, event.key] != event.event_id
        )
        for event in events
    ]
    # By id: the same event twice in one call is one event too.
    new = {
        event.event_id: event for event, answer in zip(events, received, strict=True) if not answer.duplicate
    }
    if new:
        described, bodies = _described(list(new.values()))
        found = connection.execute(SQL["add_events"], {"events": _json(described), "bodies": bodies})
        added = [new[event_id] for (event_id,) in found]
        _keep_aside(connection, added)
        jobs = [_job(event, lane_of) for event in added if event.aside is None]
        if jobs:
            log.put(connection, jobs)
    return received


def _job(event: NewEvent, lane_of: Callable[[SourceId], Lane]) -> FileEvent:
    return FileEvent(event.workspace_id, event.source_id, event.event_id, lane_of(event.source_id))


def _first_mails(connection: Connection, events: Sequence[NewEvent]) -> dict[tuple[SourceId, bytes], EventId]:
    wanted: dict[tuple[SourceId, bytes], NewEvent] = {}
    for event in events:
        wanted.setdefault((event.source_id, event.key), event)
    mails = [
        {
            "workspace_id": event.workspace_id,
            "source_id": event.source_id,
            "digest": key.hex(),
            "event_id": event.event_id,
        }
        for (_, key), event in wanted.items()
    ]
    first = _mail_rows(connection, SQL["add_seen_mail"], mails)
    missing = [mail for mail, delivery in zip(mails, wanted, strict=True) if delivery not in first]
    # A statement of its own: its snapshot sees what a concurrent import has committed meanwhile.
    return first | _mail_rows(connection, SQL["seen_mail"], missing) if missing else first


def _mail_rows(
    connection: Connection, query: bytes, mails: Sequence[Mapping[str, object]]
) -> dict[tuple[SourceId, bytes], EventId]:
    found = connection.execute(query, {"mails": _json(mails)}).fetchall()
    return {(SourceId(source), bytes(digest)): EventId(event_id) for source, digest, event_id in found}


def _described(events: Sequence[NewEvent]) -> tuple[list[dict[str, object]], bytes]:
    """The events as rows, and their bodies one after the other."""
    compressor = zstandard.ZstdCompressor(level=3)
    bodies: list[bytes] = []
    described: list[dict[str, object]] = []
    start = 1
    for event in events:
        codec, body = packed(event.body, compressor)
        bodies.append(body)
        described.append(
            {
                "id": event.event_id,
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
    return described, b"".join(bodies)


def _json(rows: Sequence[Mapping[str, object]]) -> str:
    try:
        return orjson.dumps(rows).decode()
    except orjson.JSONEncodeError as error:
        raise ValueError("an event holds what JSON cannot") from error


def _keep_aside(connection: Connection, events: Sequence[NewEvent]) -> None:
    aside = [
        {
            "event_id": event.event_id,
            "workspace_id": event.workspace_id,
            "source_id": event.source_id,
            "size": len(event.body),
            **event.aside,
        }
        for event in events
        if event.aside is not None
    ]
    if aside:
        connection.execute(ASIDE["keep_aside"], {"events": _json(aside)})


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
