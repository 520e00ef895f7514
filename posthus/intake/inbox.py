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
PLAIN, ZSTD = 0, 1
_WORTH_COMPRESSING = 200  # bytes; a smaller body saves less than its row costs

Content = str | int | float | bool | None | Sequence["Content"] | Mapping[str, "Content"]


@dataclass(frozen=True, slots=True)
class NewEvent:
    """One delivery as it came; without an idempotency key it is told apart by its body.

    `permanent` events (imports) are known again for ever, the others for at least seven days.
    """

    workspace_id: WorkspaceId
    source_id: SourceId
    kind: Literal["webhook", "mail"]
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    envelope: Mapping[str, Content] = field(default_factory=dict, repr=False)
    idempotency_key: bytes | None = None
    permanent: bool = False

    @property
    def key(self) -> bytes:
        """What makes two deliveries of a source the same one."""
        return self.idempotency_key or sha256(self.body).digest()


@dataclass(frozen=True, slots=True)
class Received:
    """The event that stands for a delivery: its own, or for a duplicate the first one's."""

    event_id: EventId
    duplicate: bool


@dataclass(frozen=True, slots=True)
class _Candidate:
    event: NewEvent
    event_id: EventId
    key: bytes


def receive(
    connection: Connection,
    events: Sequence[NewEvent],
    lane_of: Callable[[SourceId], Lane] = lambda _: "live",
) -> list[Received]:
    """Store what is new and queue it for filing; one answer per event, in order.

    `lane_of` is asked once per new event: imports are bulk work, and so is what exceeds a source's share.
    At most seven statements for any number of events. Takes the log's lock, so commit soon afterwards.
    """
    candidates = [_Candidate(event, new_event_id(), event.key) for event in events]
    first = _first_mails(connection, [each for each in candidates if each.event.permanent])
    passing = [each for each in candidates if not each.event.permanent]
    claims = [dedupe.Claim(each.event.source_id, each.key, each.event_id) for each in passing]
    remembered = dedupe.remember(connection, claims)
    received = []
    for each in candidates:
        known = first if each.event.permanent else remembered
        event_id = known[dedupe.Delivery(each.event.source_id, each.key)]
        received.append(Received(event_id, duplicate=event_id != each.event_id))
    new = [each for each, answer in zip(candidates, received, strict=True) if not answer.duplicate]
    if new:
        _store(connection, new)
        log.put(connection, [_job(each, lane_of(each.event.source_id)) for each in new])
    return received


def _job(candidate: _Candidate, lane: Lane) -> FileEvent:
    event = candidate.event
    return FileEvent(event.workspace_id, event.source_id, candidate.event_id, lane)


def _first_mails(connection: Connection, candidates: Sequence[_Candidate]) -> dict[dedupe.Delivery, EventId]:
    wanted: dict[dedupe.Delivery, _Candidate] = {}
    for each in candidates:
        wanted.setdefault(dedupe.Delivery(each.event.source_id, each.key), each)
    if not wanted:
        return {}
    mails = [
        {
            "workspace_id": each.event.workspace_id,
            "source_id": each.event.source_id,
            "digest": each.key.hex(),
            "event_id": str(each.event_id),
        }
        for each in wanted.values()
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


def _store(connection: Connection, candidates: Sequence[_Candidate]) -> None:
    compressor = zstandard.ZstdCompressor(level=3)
    bodies: list[bytes] = []
    described = []
    start = 1
    for each in candidates:
        event = each.event
        codec, body = packed(event.body, compressor)
        bodies.append(body)
        described.append(
            {
                "id": str(each.event_id),
                "workspace_id": event.workspace_id,
                "source_id": event.source_id,
                "kind": event.kind,
                "headers": {storable(name): storable(value) for name, value in event.headers.items()},
                "envelope": event.envelope,
                "codec": codec,
                "size": len(event.body),
                "digest": sha256(event.body).hexdigest(),
                "start": start,
                "length": len(body),
            }
        )
        start += len(body)
    connection.execute(SQL["add_events"], {"events": json.dumps(described), "bodies": b"".join(bodies)})


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
