"""A table that a test's stages write to, so that effects can be counted; also the worker process of the crash test."""

import os
import sys
import threading
from collections.abc import Sequence
from uuid import UUID

from psycopg import Connection

from posthus.database.identifiers import new_event_id
from posthus.database.pool import Database
from posthus.jobs import EventId, FileEvent, Lane, LinkMessage, MessageId, SourceId, WorkspaceId
from posthus.queue.log import put
from posthus.queue.stages import Stage
from posthus.queue.worker import Worker, WorkerSettings

TABLE = "create table ledger (place bigint generated always as identity, stage text, subject uuid, workspace_id bigint)"


def prepare(database: Database) -> None:
    """Make the table."""
    with database.transaction() as connection:
        connection.execute(TABLE)


def event(workspace: int = 1, source: int = 1, lane: Lane = "live") -> FileEvent:
    """A job about a new event."""
    return FileEvent(WorkspaceId(workspace), SourceId(source), EventId(new_event_id()), lane)


def message(workspace: int = 1) -> LinkMessage:
    """A job about a new message; its key is the workspace."""
    return LinkMessage(WorkspaceId(workspace), SourceId(1), MessageId(new_event_id()))


def write_down(stage: str, connection: Connection, subjects: Sequence[tuple[UUID, int]]) -> None:
    """The effect: one row per item."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into ledger (stage, subject, workspace_id) values (%s, %s, %s)",
            [(stage, subject, workspace) for subject, workspace in subjects],
        )


def filing(connection: Connection, jobs: Sequence[FileEvent]) -> None:
    """The first stage: writes the event down and puts a message for it."""
    write_down("file", connection, [(job.event_id, job.workspace_id) for job in jobs])
    put(
        connection,
        [LinkMessage(job.workspace_id, job.source_id, MessageId(job.event_id), job.lane) for job in jobs],
    )


def linking(connection: Connection, jobs: Sequence[LinkMessage]) -> None:
    """The second stage, serial per workspace."""
    write_down("link", connection, [(job.message_id, job.workspace_id) for job in jobs])


STAGES = (Stage("file", FileEvent, filing, batch=100), Stage("link", LinkMessage, linking, batch=100))


def written(database: Database, stage: str) -> list[tuple[UUID, int]]:
    """What a stage wrote, in the order of its effects."""
    with database.transaction() as connection:
        rows = connection.execute(
            "select subject, workspace_id from ledger where stage = %s order by place", (stage,)
        )
        return [(subject, workspace) for subject, workspace in rows]


def main(url: str) -> None:
    """A worker process that ends when its standard input does."""
    stop = threading.Event()
    with Database(url, connections=4) as database:
        worker = Worker(database, STAGES, settings=WorkerSettings(longest_pause=0.2))
        thread = threading.Thread(target=worker.run, args=(stop,))
        thread.start()
        while os.read(0, 1):
            pass
        stop.set()
        thread.join()


if __name__ == "__main__":
    main(sys.argv[1])
