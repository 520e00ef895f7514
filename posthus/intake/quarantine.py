"""What was well addressed but proved nothing: looked at, let in or dropped by a person, one or many at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from posthus.database.pool import row, rows
from posthus.database.queries import load
from posthus.jobs import EventId, FileEvent, SourceId, WorkspaceId
from posthus.queue import dedupe, log

SQL = load(__file__, "quarantine.sql")
AT_ONCE = 500  # decided in one transaction


@dataclass(frozen=True, slots=True)
class KeptAside:
    """One event that waits for a decision."""

    event_id: EventId
    source_id: SourceId
    source: str
    provider: str
    reason: str
    detail: str
    size: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Original:
    """An event as it came; codec 0 plain, 1 zstd."""

    headers: Mapping[str, str]
    envelope: Mapping[str, object]
    codec: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which events: the numbers, or all of a source, or (neither) all of the workspace."""

    workspace_id: WorkspaceId
    event_ids: Sequence[EventId] | None = None
    source_id: SourceId | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """How many were let in, how many of those had come in meanwhile by themselves, and whether more may wait."""

    taken: int
    duplicates: int
    more: bool


@dataclass(frozen=True, slots=True)
class _Taken:
    event_id: EventId
    workspace_id: WorkspaceId
    source_id: SourceId
    key: bytes


def kept_aside(
    connection: Connection, chosen: Chosen, limit: int, before: EventId | None = None
) -> list[KeptAside]:
    """What waits, the newest first, older than `before`."""
    return rows(connection, SQL["kept_aside"], {**_asked(chosen, limit), "before": before}, KeptAside)


def original_of(connection: Connection, workspace_id: WorkspaceId, event_id: EventId) -> Original | None:
    """One that waits, as it came."""
    asked = {"workspace_id": workspace_id, "event_id": event_id}
    return row(connection, SQL["kept_aside_original"], asked, Original)


def release(connection: Connection, chosen: Chosen) -> Decided:
    """Believe the chosen events and have them filed; one that came again and was believed meanwhile is dropped."""
    taken = _take(connection, chosen)
    claims = [dedupe.Claim(one.source_id, bytes(one.key), one.event_id) for one in taken]
    first = dedupe.remember(connection, claims)
    new = [one for one in taken if first[dedupe.Delivery(one.source_id, bytes(one.key))] == one.event_id]
    repeated = [one.event_id for one in taken if one not in new]
    connection.execute(SQL["accept_events"], {"event_ids": [one.event_id for one in new]})
    connection.execute(SQL["drop_events"], {"event_ids": repeated})
    if new:
        log.put(connection, [FileEvent(one.workspace_id, one.source_id, one.event_id) for one in new])
    return Decided(len(new), len(repeated), len(taken) == AT_ONCE)


def drop(connection: Connection, chosen: Chosen) -> Decided:
    """Delete the chosen events for good."""
    taken = _take(connection, chosen)
    connection.execute(SQL["drop_events"], {"event_ids": [one.event_id for one in taken]})
    return Decided(len(taken), 0, len(taken) == AT_ONCE)


def _take(connection: Connection, chosen: Chosen) -> list[_Taken]:
    taken = rows(connection, SQL["take_from_quarantine"], _asked(chosen, AT_ONCE), _Taken)
    connection.execute(SQL["leave_quarantine"], {"event_ids": [one.event_id for one in taken]})
    return taken


def _asked(chosen: Chosen, limit: int) -> dict[str, object]:
    return {
        "workspace_id": chosen.workspace_id,
        "event_ids": None if chosen.event_ids is None else list(chosen.event_ids),
        "source_id": chosen.source_id,
        "limit": limit,
    }
