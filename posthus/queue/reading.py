"""What the queue looks like from outside: numbers per stage, and what was buried."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from posthus.database.pool import row, rows
from posthus.database.queries import load
from posthus.jobs import SourceId, WorkspaceId

SQL = load(__file__, "reading.sql")


@dataclass(frozen=True, slots=True)
class StageNumbers:
    """A stage's counts since its cursors exist; `appended` = `done` + `backlog`."""

    stage: str
    done: int
    backlog: int
    oldest_seconds: float
    retrying: int
    buried: int

    @property
    def appended(self) -> int:
        """How many items came."""
        return self.done + self.backlog


@dataclass(frozen=True, slots=True)
class Buried:
    """An item that failed for the last time, with why."""

    id: int
    stage: str
    source_id: SourceId
    source_name: str | None
    error: str
    attempts: int
    buried_at: datetime
    event_id: UUID | None
    message_id: UUID | None
    subject: UUID


@dataclass(frozen=True, slots=True)
class BuriedFilter:
    """Which buried items: one by number, or all of a stage or source; nothing set means all."""

    id: int | None = None
    stage: str | None = None
    source_id: SourceId | None = None


def stage_numbers(connection: Connection) -> list[StageNumbers]:
    """Every stage that a worker has begun, by name."""
    return rows(connection, SQL["stage_numbers"], {}, StageNumbers)


def pending(connection: Connection, stages: Sequence[str] | None = None) -> int:
    """How many items wait, in the log or for another try."""
    numbers = [one for one in stage_numbers(connection) if stages is None or one.stage in stages]
    return sum(one.backlog + one.retrying for one in numbers)


def buried_list(
    connection: Connection, workspace_id: WorkspaceId, wanted: BuriedFilter, before: int | None, limit: int
) -> list[Buried]:
    """Buried items, newest first; `before` is the number of the last one already seen."""
    parameters = {"workspace_id": workspace_id, "before": before, "limit": limit}
    which = {"stage": wanted.stage, "source_id": wanted.source_id}
    return rows(connection, SQL["buried_list"], {**parameters, **which}, Buried)


def buried_get(connection: Connection, workspace_id: WorkspaceId, buried_id: int) -> Buried | None:
    """One buried item."""
    return row(connection, SQL["buried_get"], {"workspace_id": workspace_id, "id": buried_id}, Buried)


def buried_replay(connection: Connection, workspace_id: WorkspaceId, wanted: BuriedFilter) -> int:
    """Try them again at once; how many. Replaying twice is harmless."""
    which = {"id": wanted.id, "stage": wanted.stage, "source_id": wanted.source_id}
    return connection.execute(SQL["buried_replay"], {"workspace_id": workspace_id, **which}).rowcount


def buried_drop(connection: Connection, workspace_id: WorkspaceId, buried_id: int) -> bool:
    """Give up on one; False when it is not there."""
    return (
        connection.execute(SQL["buried_drop"], {"workspace_id": workspace_id, "id": buried_id}).rowcount == 1
    )
