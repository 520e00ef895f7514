"""History that a stage is to do again: asked for, listed into the log a piece at a time, followed to its end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection

from posthus.database.pool import Database, number, rows
from posthus.database.queries import load
from posthus.jobs import Job, SourceId, WorkspaceId
from posthus.queue.lanes import FIRST_AGAIN
from posthus.queue.log import put_again
from posthus.queue.stages import subject_of

SQL = load(__file__, "replays.sql")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which history: of a workspace or one of its sources, what was received since then or all."""

    workspace_id: WorkspaceId
    source_id: SourceId | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """A replay and how far it is; `total` grows until `listed`."""

    id: int
    stage: str
    source_id: SourceId | None
    source_name: str | None
    since: datetime | None
    requested_by: str
    requested_at: datetime
    total: int
    listed: bool
    waiting: int

    @property
    def done(self) -> int:
        """How many were done again, or failed and are tried like any other."""
        return max(0, self.total - self.waiting)

    @property
    def finished(self) -> bool:
        """Whether nothing of it is left to do."""
        return self.listed and self.waiting == 0


class Unlisted(NamedTuple):
    """A replay that is still being listed: what comes next is behind `after_id`."""

    id: int
    workspace_id: WorkspaceId
    stage: str
    source_id: SourceId | None
    after_id: UUID


def ask_replay(connection: Connection, scope: Scope, stage: str, requested_by: str) -> int:
    """Put a replay on record; its number. Whoever calls `list_some` makes it happen."""
    keys = {
        "workspace_id": scope.workspace_id,
        "source_id": scope.source_id,
        "since": scope.since,
        "stage": stage,
        "requested_by": requested_by,
        "after_id": _first_id(scope.since),
    }
    return number(connection, SQL["ask_replay"], keys)


def list_some(
    database: Database,
    history: Callable[[Connection, Unlisted], Sequence[Job]],
    replay_id: int | None = None,
) -> bool:
    """Put the next piece of the oldest replay (or this one) into the log; False when nothing is left to list.

    The piece and the place behind it are one transaction: killed at any moment, nothing is left out.
    """
    with database.transaction() as connection:
        found = connection.execute(SQL["next_replay"], {"id": replay_id}).fetchone()
        if found is None:
            return False
        replay = Unlisted(*found)
        jobs = history(connection, replay)
        before = number(connection, SQL["newest_log_id"], {})
        put_again(connection, replay.stage, jobs)
        progress = {
            "id": replay.id,
            "count": len(jobs),
            "after_id": subject_of(jobs[-1]) if jobs else None,
            "first_log_id": before,
            "last_log_id": number(connection, SQL["newest_log_id"], {}),
        }
        connection.execute(SQL["advance_replay"], progress)
    return True


def replays(
    connection: Connection, workspace_id: WorkspaceId, limit: int, replay_id: int | None = None
) -> list[Replay]:
    """The newest replays of a workspace, newest first, or one of them."""
    keys = {"workspace_id": workspace_id, "id": replay_id, "limit": limit, "first_again": FIRST_AGAIN}
    return rows(connection, SQL["replays"], keys, Replay)


def _first_id(since: datetime | None) -> UUID:
    if since is None:
        return UUID(int=0)
    moment = since if since.tzinfo else since.replace(tzinfo=UTC)
    return UUID(int=int(moment.timestamp() * 1000) << 80)
