"""Files in the database and in an object store that is a folder: reading one of each size, and moving many."""

import random
import sys
import tempfile
import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from bench.database import fresh_database, make_workspace
from posthus.database.pool import Database
from posthus.jobs import WorkspaceId
from posthus.originals.contents import put_contents, read_contents
from posthus.originals.moving import Rule, tend_objects
from posthus.originals.objects import NO_OBJECTS, Folder, Objects

SIZES = (4_000, 16_000, 64_000, 256_000, 1_000_000, 10_000_000)
READS = 60
MANY, EACH = 600, 100_000


def run() -> dict[str, object]:
    """Medians of READS."""
    with fresh_database() as database, tempfile.TemporaryDirectory(prefix="objects-") as place:
        with database.transaction() as connection:
            workspace_id = make_workspace(connection)
        store = Folder(Path(place))
        result: dict[str, object] = {}
        files = {size: random.randbytes(size) for size in SIZES}
        digests = _put(database, workspace_id, list(files.values()))
        here = [_reading(database, workspace_id, digest, NO_OBJECTS) for digest in digests]
        _tend(database, store, Rule(1, after=0.0))
        there = [_reading(database, workspace_id, digest, store) for digest in digests]
        for size, inside, outside in zip(SIZES, here, there, strict=True):
            result[f"{size / 1000:,.0f} kB from the database / the folder, ms"] = (
                f"{inside:.2f} / {outside:.2f}"
            )
        result |= _moving(database, workspace_id, store)
    return result


def _moving(database: Database, workspace_id: WorkspaceId, store: Objects) -> dict[str, object]:
    _put(database, workspace_id, [random.randbytes(EACH) for _ in range(MANY)])
    seconds, spent = _timed(lambda: _tend(database, store, Rule(1, after=0.0)))
    back, spent_back = _timed(lambda: _tend(database, store, Rule(None)))
    megabytes = MANY * EACH / 1e6
    return {
        f"moved out, files of {EACH / 1000:.0f} kB: MB/s": megabytes / seconds,
        "moved out: ms of processor a file, without Postgres": 1000 * spent / MANY,
        "brought back: MB/s": (megabytes + sum(SIZES) / 1e6) / back,
        "brought back: ms of processor a file, without Postgres": 1000 * spent_back / MANY,
    }


def _put(database: Database, workspace_id: WorkspaceId, files: list[bytes]) -> list[bytes]:
    contents = {sha256(file).digest(): file for file in files}
    with database.transaction() as connection:
        put_contents(connection, workspace_id, contents)
    return list(contents)


def _reading(database: Database, workspace_id: WorkspaceId, digest: bytes, objects: Objects) -> float:
    times = []
    for _ in range(READS):
        started = perf_counter()
        with database.transaction() as connection:
            assert read_contents(connection, workspace_id, [digest], objects)
        times.append(1000 * (perf_counter() - started))
    return median(times)


def _tend(database: Database, store: Objects, rule: Rule) -> None:
    tend_objects(database, store, rule, threading.Event())


def _timed(work: Callable[[], None]) -> tuple[float, float]:
    started, spent = perf_counter(), process_time()
    work()
    return perf_counter() - started, process_time() - spent


if __name__ == "__main__":
    sys.stdout.write(f"{run()}\n")
