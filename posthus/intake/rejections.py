"""What was refused, counted by source, hour and reason; a count of the last second may be lost with its process."""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from psycopg import Connection

from posthus.database.pool import rows
from posthus.database.queries import load
from posthus.intake.connection import DatabaseAwayError, OwnConnection
from posthus.jobs import SourceId, WorkspaceId
from posthus.telemetry import log

SQL = load(__file__, "rejections.sql")
_PAUSE = 1.0  # seconds between two writes
_MOST_DETAIL = 300  # characters


@dataclass(frozen=True, slots=True)
class Rejections:
    """What one source's deliveries were refused for in one hour."""

    hour: datetime
    reason: str
    count: int
    last_at: datetime
    detail: str


@dataclass(frozen=True, slots=True)
class Refused:
    """How many deliveries of a source were not accepted within a day, and what the latest was refused for."""

    source_id: SourceId
    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class Received:
    """How many events a source sent in the hour or day that began at `at`."""

    at: datetime
    received: int


class Tally:
    """Counts in memory and writes once a second; belongs to one event loop."""

    def __init__(self, connection: OwnConnection) -> None:
        self.connection = connection
        self._counts: dict[tuple[SourceId, str], tuple[int, str, str]] = {}
        self._writing: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def add(self, source_id: SourceId, reason: str, detail: str) -> None:
        """One more delivery of a source was refused."""
        count = self._counts.get((source_id, reason), (0, "", ""))[0]
        at = datetime.now(UTC).isoformat()
        self._counts[source_id, reason] = (count + 1, at, detail[:_MOST_DETAIL].replace("\0", ""))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.get_running_loop().create_task(self._write_soon())

    async def close(self) -> None:
        """Write what was counted, then let go of the connection."""
        self._closing.set()
        if self._writing is not None:
            await self._writing
        await asyncio.to_thread(self.connection.close)

    async def _write_soon(self) -> None:
        while self._counts:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), _PAUSE)
            taken, self._counts = self._counts, {}
            try:
                await asyncio.to_thread(self.connection.run, partial(_add, taken))
            except DatabaseAwayError:
                log("rejections_not_counted", sources=len(taken))
                if self._closing.is_set():
                    return
                for key, (count, at, detail) in taken.items():
                    again = self._counts.get(key)
                    self._counts[key] = (count + again[0], *again[1:]) if again else (count, at, detail)


def _add(counts: dict[tuple[SourceId, str], tuple[int, str, str]], connection: Connection) -> None:
    rejections = [
        {"source_id": source_id, "reason": reason, "count": count, "last_at": at, "detail": detail}
        for (source_id, reason), (count, at, detail) in counts.items()
    ]
    connection.execute(SQL["add_rejections"], {"rejections": json.dumps(rejections)})


def rejections(
    connection: Connection, workspace_id: WorkspaceId, source_id: SourceId, since: datetime
) -> list[Rejections]:
    """What a source's deliveries were refused for, by hour, since a time."""
    asked = {"workspace_id": workspace_id, "source_id": source_id, "since": since}
    return rows(connection, SQL["rejections"], asked, Rejections)


def refused_lately(connection: Connection, workspace_id: WorkspaceId) -> dict[SourceId, Refused]:
    """The sources of a workspace that had something refused or kept aside within a day."""
    found = rows(connection, SQL["refused_lately"], {"workspace_id": workspace_id}, Refused)
    return {one.source_id: one for one in found}


def received_by(
    connection: Connection, place: tuple[WorkspaceId, SourceId], since: datetime, step: timedelta
) -> list[Received]:
    """How many events a source sent in each step since a time, empty steps too."""
    asked = {"workspace_id": place[0], "source_id": place[1], "since": since, "step": step}
    return rows(connection, SQL["arrivals_by_hour"], asked, Received)


def prune_rejections(connection: Connection) -> None:
    """Forget counts that nobody looks at any longer."""
    connection.execute(SQL["prune_rejections"])
