"""Import against `notmuch new` and `mu index` on the same files in the same run: store, file and link, no embedding."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

from bench.database import fresh_database
from posthus.app.stages import make_stages
from posthus.database.pool import Database
from posthus.intake.importer import import_paths
from posthus.intake.sources import NewSource, add_source
from posthus.jobs import SourceId, WorkspaceId
from posthus.queue.worker import drain

LISTS = Path(os.environ.get("POSTHUS_TEST_DATA", "../shared/data")) / "mail" / "lists"
RUNS = int(os.environ.get("POSTHUS_BENCH_RUNS", "3"))
Measured = tuple[float, float]


def run() -> dict[str, object]:
    """Messages a second (median of RUNS) and bytes a message on disk, for two lists."""
    if not LISTS.is_dir():
        return {"skipped": f"needs {LISTS}"}
    result: dict[str, object] = {}
    for name in ("easy-ham-1", "usrp-users-2020H1.mbox"):
        path = LISTS / name
        found: dict[str, list[Measured]] = {}
        for _ in range(RUNS):
            for program in ("notmuch", "mu"):
                if shutil.which(program):
                    found.setdefault(program, []).append(_indexed(program, path))
            found.setdefault("Posthus, all in one thread", []).append(_one_thread(path))
            for workers in (1, 2):
                found.setdefault(f"Posthus, {workers} worker(s)", []).append(_workers(path, workers))
        result |= _told(name, found)
    return result


def _told(name: str, found: dict[str, list[Measured]]) -> dict[str, object]:
    told: dict[str, object] = {}
    rates = {who: sorted(rate for rate, _ in measured) for who, measured in found.items()}
    for who, measured in found.items():
        told[f"{name}: {who}: messages/s"] = median(rates[who])
        told[f"{name}: {who}: spread"] = f"{rates[who][0]:.0f} .. {rates[who][-1]:.0f}"
        told[f"{name}: {who}: bytes/message on disk"] = measured[0][1]
    for workers, program, aim in ((1, "mu", 1.0), (1, "notmuch", 1.0), (2, "notmuch", 2.0)):
        if program in rates:
            ratio = median(rates[f"Posthus, {workers} worker(s)"]) / median(rates[program])
            told[f"{name}: {workers} worker(s) / {program} (aim >= {aim})"] = ratio
    return told


def _one_thread(path: Path) -> Measured:
    with fresh_database() as database:
        source, empty = _source(database), _size(database)
        started = perf_counter()
        count = import_paths(database, source, [path], lambda _: None).read
        drain(database, [stage for stage in make_stages(None) if stage.name in ("file", "link")])
        return count / (perf_counter() - started), (_size(database) - empty) / count


def _workers(path: Path, workers: int) -> Measured:
    """Worker processes beside the one that imports, until every message is in its conversation."""
    with fresh_database() as database:
        source, empty = _source(database), _size(database)
        with _working(database, workers):
            started = perf_counter()
            count = import_paths(database, source, [path], lambda _: None).read
            while _linked(database) < count:
                sleep(0.02)
            return count / (perf_counter() - started), (_size(database) - empty) / count


@contextmanager
def _working(database: Database, workers: int) -> Iterator[None]:
    """Workers that have started when the block begins."""
    command = [sys.executable, "-m", "bench.importing_worker", database.url]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(workers)
    ]
    try:
        for process in processes:
            assert process.stdout is not None
            process.stdout.readline()
        yield
    finally:
        for process in processes:
            process.communicate(b"")


def _source(database: Database) -> SourceId:
    with database.transaction() as connection:
        [(workspace,)] = connection.execute(
            "insert into posthus.workspace (name) values ('Bench') returning id"
        ).fetchall()
        return SourceId(add_source(connection, NewSource(WorkspaceId(workspace), "import", "Old mail")).id)


def _linked(database: Database) -> int:
    with database.transaction() as connection:
        [(count,)] = connection.execute("select count(*) from posthus.conversation_message").fetchall()
    return int(count)


def _size(database: Database) -> int:
    with database.transaction() as connection:
        [(size,)] = connection.execute("select pg_database_size(current_database())").fetchall()
    return int(size)


def _indexed(program: str, path: Path) -> Measured:
    with tempfile.TemporaryDirectory(prefix="mail-bench-") as folder:
        mail = Path(folder) / "mail" / "cur"
        mail.mkdir(parents=True)
        count = _split(path, mail)
        environment = {**os.environ, "NOTMUCH_CONFIG": f"{folder}/config"}
        Path(folder, "config").write_text(
            f"[database]\npath={folder}/mail\n[user]\nname=x\nprimary_email=x@example.com\n[new]\ntags=\n"
        )
        home = f"--muhome={folder}/mu"
        if program == "mu":
            begin = ["mu", "init", home, f"--maildir={folder}/mail"]
            subprocess.run(begin, check=True, stdout=subprocess.DEVNULL)
        command = ["notmuch", "new", "--quiet"] if program == "notmuch" else ["mu", "index", "--quiet", home]
        started = perf_counter()
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        rate = count / (perf_counter() - started)
        index = Path(folder, "mail/.notmuch" if program == "notmuch" else "mu")
        # Both index files that they do not keep: the mail itself counts as well.
        kept = sum(one.stat().st_size for root in (index, mail) for one in root.rglob("*") if one.is_file())
        return rate, kept / count


def _split(path: Path, folder: Path) -> int:
    """They read one message a file; splitting is not part of what is timed."""
    if path.is_dir():
        files = [one for one in sorted(path.iterdir()) if one.is_file()]
        for one in files:
            shutil.copy(one, folder / f"{one.name}:2,S")
        return len(files)
    parts = (b"\n" + path.read_bytes()).split(b"\nFrom ")[1:]
    for index, part in enumerate(parts):
        (folder / f"{index:06}:2,S").write_bytes(part.split(b"\n", 1)[1])
    return len(parts)


if __name__ == "__main__":
    sys.stdout.write(f"{run()}\n")
