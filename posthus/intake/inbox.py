"""The one inbox: whatever arrives becomes event rows and jobs, in the caller's transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

import orjson
from psycopg import Connection

from posthus.database.identifiers import new_event_id
from posthus.database.queries import load
from posthus.jobs import EventId, FileEvent, Lane, SourceId, WorkspaceId
from posthus.originals.contents import Need, drop_contents, need_contents, put_contents
from posthus.originals.dictionaries import Packing
from posthus.originals.packing import Packed, Packer
from posthus.queue import dedupe, log
from posthus.queue.lanes import part_of

SQL = load(__file__)
ASIDE = load(__file__, "quarantine.sql")

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
    packing: Packing | None = None,
) -> list[Received]:
    """Store what is new and queue it for filing; one answer per event, in order.

    `lane_of` is asked once per event: imports are bulk work, and so is what exceeds a source's share. Takes the
    log's lock, so commit soon afterwards. One statement, hence a transaction of its own where the caller has none
    (see `alone`), unless there is mail, what is kept aside, or a repetition.
    """
    bodies = _pack(connection, events, packing)
    passing = [event for event in events if not event.permanent]
    permanent = [event for event in events if event.permanent]
    answers: dict[EventId, Received] = {}
    for group, store in ((permanent, _receive_permanent), (passing, _receive_passing)):
        if group:
            received = store(connection, group, bodies, lane_of)
            answers |= zip((event.event_id for event in group), received, strict=True)
    _keep_needs(connection, events, bodies, answers)
    if any(answer.duplicate for answer in answers.values()):
        # The first one may have been committed without waiting for the disk (see `receive_soon`).
        connection.execute(SQL["write_something"])
    return [answers[event.event_id] for event in events]


def receive_soon(
    connection: Connection, events: Sequence[NewEvent], lane_of: Callable[[SourceId], Lane]
) -> list[Received]:
    """As `receive` in one statement, for events that are `alone`; the answers are true once the group is `kept`."""
    bodies = _pack(connection, events, None)
    return _receive_passing(connection, events, bodies, lane_of, SQL["receive_events_soon"])


def kept(connection: Connection, events: Sequence[NewEvent]) -> list[bool]:
    """Whether each event's delivery is stored, for good once this is committed; what a crash took is not found.

    Whatever is visible in one transaction is on the disk before that transaction's own commit is.
    """
    asked = [
        {"place": place, "source_id": event.source_id, "key": dedupe.stored_key(event.key).hex()}
        for place, event in enumerate(events)
    ]
    found = {place for place, _ in connection.execute(SQL["kept"], {"deliveries": _json(asked)})}
    return [place in found for place in range(len(events))]


def alone(events: Sequence[NewEvent]) -> bool:
    """Whether `receive` is one statement for these, and so needs no transaction around it."""
    return not any(event.kind == "mail" or event.aside is not None for event in events)


def _pack(
    connection: Connection, events: Sequence[NewEvent], packing: Packing | None
) -> Mapping[EventId, Packed]:
    """The bodies as they are stored; files cut out of mail are contents of the workspace from here on.

    That comes before everything else, in one order for everybody, so that nobody waits in a circle.
    """
    mail = any(event.kind == "mail" for event in events)
    packer = (packing or Packing()).packer(connection) if mail else Packer()
    bodies = {
        event.event_id: packer.pack_mail(event.body) if event.kind == "mail" else packer.pack(event.body)
        for event in events
    }
    contents: dict[WorkspaceId, dict[bytes, bytes]] = {}
    for event in events:
        if bodies[event.event_id].contents:
            contents.setdefault(event.workspace_id, {}).update(bodies[event.event_id].contents)
    for workspace_id in sorted(contents):
        put_contents(connection, workspace_id, contents[workspace_id])
    return bodies


def _keep_needs(
    connection: Connection,
    events: Sequence[NewEvent],
    bodies: Mapping[EventId, Packed],
    answers: Mapping[EventId, Received],
) -> None:
    """What is new needs its files; of a duplicate nothing is kept, not even what its first one had and was erased."""
    needs: list[Need] = []
    needless: dict[WorkspaceId, set[bytes]] = {}
    for event in events:
        contents = bodies[event.event_id].contents
        if not answers[event.event_id].duplicate:
            needs += [Need(event.workspace_id, event.event_id, digest) for digest in contents]
        elif contents:
            needless.setdefault(event.workspace_id, set()).update(contents)
    if needs:
        need_contents(connection, needs)
    for workspace_id in sorted(needless):
        drop_contents(connection, workspace_id, needless[workspace_id])


def _receive_passing(
    connection: Connection,
    events: Sequence[NewEvent],
    packed: Mapping[EventId, Packed],
    lane_of: Callable[[SourceId], Lane],
    statement: bytes = SQL["receive_events"],
) -> list[Received]:
    described, bodies = _described(events, packed)
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
    for place, event_id in connection.execute(statement, values):
        received[place - 1] = Received(EventId(event_id), duplicate=True)
    _keep_aside(
        connection, [event for event, answer in zip(events, received, strict=True) if not answer.duplicate]
    )
    return received


def _receive_permanent(
    connection: Connection,
    events: Sequence[NewEvent],
    packed: Mapping[EventId, Packed],
    lane_of: Callable[[SourceId], Lane],
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
        described, bodies = _described(list(new.values()), packed)
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


def _described(
    events: Sequence[NewEvent], packed: Mapping[EventId, Packed]
) -> tuple[list[dict[str, object]], bytes]:
    """The events as rows, and their bodies one after the other."""
    bodies: list[bytes] = []
    described: list[dict[str, object]] = []
    start = 1
    for event in events:
        kept = packed[event.event_id]
        bodies.append(kept.body)
        described.append(
            {
                "id": event.event_id,
                "workspace_id": event.workspace_id,
                "source_id": event.source_id,
                "kind": event.kind,
                "headers": {storable(name): storable(value) for name, value in event.headers.items()},
                "envelope": event.envelope,
                "state": "accepted" if event.aside is None else "quarantined",
                "codec": kept.codec,
                "size": len(event.body),
                "digest": sha256(event.body).hexdigest(),
                "start": start,
                "length": len(kept.body),
            }
        )
        start += len(kept.body)
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


def storable(text: str) -> str:
    """The text as Postgres can keep it: no NUL, no half of a character (what cannot be kept becomes U+FFFD)."""
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")
