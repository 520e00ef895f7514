"""One measured import: into a database, with workers beside it, until every message is in its conversation."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

import psutil

from bench.database import make_workspace
from posthus.app.stages import make_stages
from posthus.database.pool import Database
from posthus.intake.importer import import_paths
from posthus.intake.sources import NewSource, add_source
from posthus.jobs import SourceId
from posthus.queue.worker import drain


@dataclass(frozen=True, slots=True)
class Measured:
    """Messages a second, milliseconds of processor time a message, bytes a message on disk."""

    rate: float
    cpu: float
    kept: float


def new_source(database: Database) -> SourceId:
    """A source for old mail in a workspace of its own."""
    with database.transaction() as connection:
        return add_source(connection, NewSource(make_workspace(connection), "import", "Old mail")).id


def import_alone(database: Database, source: SourceId, path: Path) -> Measured:
    """Everything one after the other in this thread."""
    before, spent, started = size_of(database), _spent(database), perf_counter()
    count = import_paths(database, source, [path], lambda _: None).read
    drain(database, [stage for stage in make_stages(None) if stage.name in ("file", "link")])
    seconds = perf_counter() - started
    cpu = _spent(database) - spent
    return Measured(count / seconds, 1000 * cpu / count, (size_of(database) - before) / count)


def import_beside(database: Database, source: SourceId, path: Path, workers: int) -> Measured:
    """Read in this process while so many worker processes file and link."""
    before, linked = size_of(database), _linked(database)
    with working(database, workers) as processes:
        spent, started = _spent(database, processes), perf_counter()
        count = import_paths(database, source, [path], lambda _: None).read
        while _linked(database) < linked + count:
            sleep(0.02)
        seconds = perf_counter() - started
        cpu = _spent(database, processes) - spent
    return Measured(count / seconds, 1000 * cpu / count, (size_of(database) - before) / count)


def size_of(database: Database) -> int:
    """Bytes of the database on disk."""
    with database.transaction() as connection:
        [(size,)] = connection.execute("select pg_database_size(current_database())").fetchall()
    return int(size)


def _spent(database: Database, workers: Sequence[psutil.Process] = ()) -> float:
    """Seconds of processor time so far: this process, the workers, and Postgres with all that it has started."""
    with database.transaction() as connection:
        server = psutil.Process(connection.info.backend_pid).parent()
    assert server is not None
    ended = server.cpu_times()
    times = [process.cpu_times() for process in (psutil.Process(), *workers, server, *server.children())]
    alive = sum(one.user + one.system for one in times)
    return float(alive + ended.children_user + ended.children_system)


@contextmanager
def working(database: Database, workers: int) -> Iterator[Sequence[psutil.Process]]:
    """Workers that have started when the block begins."""
    command = [sys.executable, "-m", "bench.importing_worker", database.url]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(workers)
    ]
    try:
        for process in processes:
            assert process.stdout is not None
            process.stdout.readline()
        yield [psutil.Process(process.pid) for process in processes]
    finally:
        for process in processes:
            process.communicate(b"")


def _linked(database: Database) -> int:
    with database.transaction() as connection:
        [(count,)] = connection.execute("select count(*) from posthus.conversation_message").fetchall()
    return int(count)
