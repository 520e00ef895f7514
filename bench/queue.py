"""Draining the log: microseconds per event that does nothing, and per event that writes one row."""

from collections.abc import Callable, Sequence
from time import perf_counter, process_time

from psycopg import Connection

from bench.database import fresh_database
from posthus.database.identifiers import new_event_id
from posthus.database.pool import Database
from posthus.jobs import EventId, FileEvent, SourceId, WorkspaceId
from posthus.queue.log import put
from posthus.queue.stages import Stage
from posthus.queue.worker import drain

EVENTS = 50_000


def run() -> dict[str, object]:
    """Wall and client processor time per event, beside an INSERT of the same rows in the same run."""
    with fresh_database() as database:
        with database.transaction() as connection:
            connection.execute("create table effect (event_id uuid)")
        insert = _inserted(database)
        appended = _timed(lambda: _fill(database))
        nothing = _timed(lambda: drain(database, [Stage("nothing", FileEvent, _nothing)]))
        writing = _timed(lambda: drain(database, [Stage("writing", FileEvent, _write)]))
    return {
        "events": EVENTS,
        "us per event, plain INSERT of the ids in batches of 500 (baseline)": insert[0],
        "us per event, put": appended[0],
        "us per event, drained by a stage that does nothing": nothing[0],
        "of these, client processor time": nothing[1],
        "us per event, drained by a stage that writes one row each": writing[0],
        "ratio of writing stage to plain INSERT": writing[0] / insert[0],
    }


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    wall, processor = perf_counter(), process_time()
    work()
    return (perf_counter() - wall) / EVENTS * 1e6, (process_time() - processor) / EVENTS * 1e6


def _fill(database: Database) -> None:
    for _ in range(EVENTS // 500):
        jobs = [FileEvent(WorkspaceId(1), SourceId(1), EventId(new_event_id())) for _ in range(500)]
        with database.transaction() as connection:
            put(connection, jobs)


def _inserted(database: Database) -> tuple[float, float]:
    jobs = [FileEvent(WorkspaceId(1), SourceId(1), EventId(new_event_id())) for _ in range(500)]

    def insert() -> None:
        for _ in range(EVENTS // 500):
            with database.transaction() as connection:
                _write(connection, jobs)

    return _timed(insert)


def _nothing(connection: Connection, jobs: Sequence[FileEvent]) -> None:
    del connection, jobs


def _write(connection: Connection, jobs: Sequence[FileEvent]) -> None:
    ids = [str(job.event_id) for job in jobs]
    connection.execute("insert into effect select unnest(%s::uuid[])", (ids,))
