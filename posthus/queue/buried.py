"""What failed for the last time: seen, tried again, given up; one by number or many by a filter."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from posthus.database.pool import number, rows
from posthus.database.queries import load
from posthus.jobs import SourceId, WorkspaceId
from posthus.queue.lanes import FIRST_AGAIN

SQL = load(__file__, "buried.sql")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt that failed; `attempt` counts from 1 and begins again after a replay."""

    at: datetime
    attempt: int
    error: str


@dataclass(frozen=True, slots=True)
class Buried:
    """An item that failed for the last time, with why; `story` is JSON of its attempts."""

    id: int
    stage: str
    source_id: SourceId
    source_name: str | None
    error: str
    attempts: int
    buried_at: datetime
    event_id: UUID | None
    message_id: UUID | None
    story: str

    @property
    def history(self) -> list[Attempt]:
        """Every attempt that is still known, the last forty, oldest first."""
        return [
            Attempt(datetime.fromisoformat(one["at"]), one["attempt"], one["error"])
            for one in json.loads(self.story)
        ]


@dataclass(frozen=True, slots=True)
class BuriedFilter:
    """Which buried items; what is None does not filter, and nothing set means all. `error` is a part of the text."""

    id: int | None = None
    stage: str | None = None
    source_id: SourceId | None = None
    error: str | None = None
    since: datetime | None = None


def buried_list(
    connection: Connection, workspace_id: WorkspaceId, wanted: BuriedFilter, before: int | None, limit: int
) -> list[Buried]:
    """Buried items, newest first; `before` is the number of the last one already seen."""
    keys = _which(workspace_id, wanted)
    return rows(connection, SQL["buried_list"], {**keys, "before": before, "limit": limit}, Buried)


def buried_get(connection: Connection, workspace_id: WorkspaceId, buried_id: int) -> Buried | None:
    """One buried item."""
    found = buried_list(connection, workspace_id, BuriedFilter(id=buried_id), None, 1)
    return found[0] if found else None


def buried_count(connection: Connection, workspace_id: WorkspaceId, wanted: BuriedFilter) -> int:
    """How many items `buried_replay` or `buried_drop` would mean."""
    return number(connection, SQL["buried_count"], _which(workspace_id, wanted))


def buried_replay(connection: Connection, workspace_id: WorkspaceId, wanted: BuriedFilter) -> int:
    """Try them again at once, with their story; how many. Replaying twice is harmless."""
    keys = {**_which(workspace_id, wanted), "first_again": FIRST_AGAIN}
    return connection.execute(SQL["buried_replay"], keys).rowcount


def buried_drop(connection: Connection, workspace_id: WorkspaceId, wanted: BuriedFilter) -> int:
    """Give up on them; how many. Their events stay stored."""
    return connection.execute(SQL["buried_drop"], _which(workspace_id, wanted)).rowcount


def lift(connection: Connection, stage: str, subjects: Sequence[UUID]) -> set[UUID]:
    """Try at once what is buried or waits among these; the others are left to the caller."""
    jobs = json.dumps([{"subject": str(one)} for one in subjects])
    return {subject for (subject,) in connection.execute(SQL["lift"], {"stage": stage, "jobs": jobs})}


def _which(workspace_id: WorkspaceId, wanted: BuriedFilter) -> dict[str, object]:
    return {"workspace_id": workspace_id, **asdict(wanted)}
