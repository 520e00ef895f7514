"""Durable accepts beside an endpoint that does nothing, one INSERT each, and Redis; and mail imported per second.

All of them on the same server, in the same run, by turns. `python -m bench.intake` prints one line per measure.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from socket import create_connection, create_server
from statistics import median
from time import sleep
from typing import NamedTuple

import psutil

from bench.database import make_workspace
from bench.intake_load import Answers, Way, load, write_requests
from bench.intake_served import KEYRING
from posthus.database.embedded import EmbeddedPostgres
from posthus.database.migrate import migrate
from posthus.database.pool import Database
from posthus.intake.importer import import_paths
from posthus.intake.sources import NewSource, add_source
from posthus.jobs import WorkspaceId

ROOT = Path(__file__).parents[1]
CONNECTIONS = 64
MORE_CONNECTIONS = (256, 512)
REQUESTS = int(os.environ.get("POSTHUS_BENCH_REQUESTS", "20000"))
WARM_UP = 2_000
ROUNDS = int(os.environ.get("POSTHUS_BENCH_RUNS", "3"))
BURST = 100_000
NOTHING, INSERTS, REDIS, INTAKE = TARGETS = ("nothing", "inserts", "redis", "intake")
BASELINE_TABLE = "create table public.bench_event (id uuid primary key, headers jsonb, body bytea)"


class Server(NamedTuple):
    """A running granian."""

    port: int
    pid: int


@dataclass
class Bench:
    """What is measured against: a Postgres, a source, and requests that were never sent."""

    folder: Path
    postgres: EmbeddedPostgres
    address: tuple[str, str]
    redis_port: int
    accepted: int = 0
    measured: dict[str, list[Answers]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    def measure(self, server: Server, way: Way, requests: int = REQUESTS) -> Answers:
        """Send up to so many requests, and note what was answered."""
        file = self.folder / "requests"
        write_requests(file, self.address, (next(self.numbers) for _ in range(requests)))
        assert self.postgres.process is not None
        processes = psutil.Process(server.pid), psutil.Process(self.postgres.process.pid)
        answers = load(file, (server.port, *processes), way)
        self.measured.setdefault(way.name, []).append(answers)
        if way.name.startswith(INTAKE):
            self.accepted += answers.answered - answers.refused
        return answers

    def median(self, name: str, figure: str) -> float:
        """Of all rounds."""
        return float(median(getattr(each, figure) for each in self.measured[name]))


@contextmanager
def _served(target: str, bench: Bench, processes: int = 1) -> Iterator[Server]:
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "rsgi", "--factory", "--no-ws"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "error", "--backlog", "4096"]
    command += ["--workers", str(processes), f"bench.intake_served:{target}"]
    environment = os.environ | {
        "POSTHUS_BENCH_DATABASE": bench.postgres.url(),
        "POSTHUS_BENCH_SECRET": bench.address[1],
        "POSTHUS_BENCH_REDIS": str(bench.redis_port),
    }
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait_for(port)
        yield Server(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@contextmanager
def _redis(folder: Path) -> Iterator[int]:
    """A Redis that syncs before it answers."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        raise FileNotFoundError("this benchmark needs redis-server (Debian package)")
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    command += ["--appendonly", "yes", "--appendfsync", "always", "--auto-aof-rewrite-percentage", "0"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait_for(port: int) -> None:
    for _ in range(600):
        try:
            create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except OSError:
            sleep(0.05)
    raise TimeoutError(f"nothing answers on port {port}")


def _webhooks(bench: Bench) -> dict[str, object]:
    with ExitStack() as stack:
        servers = {name: stack.enter_context(_served(name, bench)) for name in TARGETS}
        for name, server in servers.items():
            bench.measure(server, Way(f"{name} warming up", CONNECTIONS, 2), WARM_UP)
        for _ in range(ROUNDS):  # by turns, so that a noisy moment hits all of them
            for name, server in servers.items():
                bench.measure(server, Way(name, CONNECTIONS))
            for connections in MORE_CONNECTIONS:
                for name in (NOTHING, INTAKE):
                    bench.measure(servers[name], Way(f"{name} {connections}", connections))
        for _ in range(ROUNDS):
            pause = 1000 * CONNECTIONS / (bench.median(INTAKE, "per_second") / 2)
            bench.measure(servers[INTAKE], Way("intake half", CONNECTIONS, 5, pause), REQUESTS // 4)
        bench.measure(servers[INTAKE], Way("intake burst", 512, 60), BURST)
    with _served(INTAKE, bench, 2) as two:
        bench.measure(two, Way("intake warming up", CONNECTIONS, 2), WARM_UP)
        for _ in range(ROUNDS):
            bench.measure(two, Way("intake two", CONNECTIONS))
    return _figures(bench)


def _figures(bench: Bench) -> dict[str, object]:
    ratios = [
        real.per_second / idle.per_second
        for idle, real in zip(bench.measured[NOTHING], bench.measured[INTAKE], strict=True)
    ]
    figures: dict[str, object] = {}
    for name in (*TARGETS, "intake two"):
        figures[f"{name}: accepts/s"] = round(bench.median(name, "per_second"))
        figures[f"{name}: p50 and p99 in ms"] = _pair(bench, name, "p50_ms", "p99_ms")
        figures[f"{name}: CPU us of server, database, sender"] = " ".join(
            f"{bench.median(name, f'{who}_us'):.0f}" for who in ("server", "database", "sender")
        )
    for connections in MORE_CONNECTIONS:
        for name in (NOTHING, INTAKE):
            named = f"{name} {connections}"
            figures[f"{name}, {connections} connections: accepts/s"] = round(
                bench.median(named, "per_second")
            )
            figures[f"{name}, {connections} connections: p50 and p99 in ms"] = _pair(
                bench, named, "p50_ms", "p99_ms"
            )
    half, (burst,) = "intake half", bench.measured["intake burst"]
    stored = _rows(bench)
    return figures | {
        "ratio to nothing, each round (aim 0.6)": " ".join(f"{each:.2f}" for each in ratios),
        "ratio to inserts": bench.median(INTAKE, "per_second") / bench.median(INSERTS, "per_second"),
        "ratio to redis": bench.median(INTAKE, "per_second") / bench.median(REDIS, "per_second"),
        "half load: accepts/s": round(bench.median(half, "per_second")),
        "half load: p50 and p99 in ms (aim 50)": _pair(bench, half, "p50_ms", "p99_ms"),
        "burst: answered, of them not 2xx, failed": f"{burst.answered} {burst.refused} {burst.failed}",
        "burst: accepts/s": round(burst.per_second),
        "accepted with 2xx": bench.accepted,
        "of them not stored": max(0, bench.accepted - stored),
    }


def _pair(bench: Bench, name: str, *figures: str) -> str:
    return " ".join(f"{bench.median(name, figure):.1f}" for figure in figures)


def _rows(bench: Bench) -> int:
    with Database(bench.postgres.url()) as database, database.transaction() as connection:
        (rows,) = connection.execute("select count(*) from posthus.event").fetchone() or (0,)
    return int(rows)


def _mail(url: str) -> dict[str, object]:
    shared = Path(os.environ.get("POSTHUS_TEST_DATA", ROOT / ".." / "shared" / "data"))
    folder = shared / "mail/lists/easy-ham-1"
    if not folder.is_dir():
        return {}
    with Database(url) as database:
        with database.transaction() as connection:
            source = add_source(connection, NewSource(WorkspaceId(1), "import", "Mail"))
        result = import_paths(database, source.id, [folder], lambda _: None)
        again = import_paths(database, source.id, [folder], lambda _: None)
    return {
        "import_messages": result.read,
        "import_new": result.new,
        "import_per_second": round(result.read / result.seconds),
        "import_again_new": again.new,
        "import_again_per_second": round(again.read / again.seconds),
    }


def run() -> dict[str, object]:
    """All figures of the intake, on a Postgres of its own."""
    folder = Path(tempfile.mkdtemp(prefix="posthus-bench-"))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder / "postgres", {"shared_buffers": "512MB", "max_wal_size": "4GB"})
    try:
        server.start()
        server.create_database("posthus")
        migrate(server.url())
        with Database(server.url()) as database, database.transaction() as connection:
            connection.execute(BASELINE_TABLE)
            new = NewSource(make_workspace(connection), "webhook", "Bench")
            source = add_source(connection, new, KEYRING)
        with _redis(folder) as redis_port:
            address = (source.token or "", source.secret or "")
            figures = _webhooks(Bench(folder, server, address, redis_port)) | _mail(server.url())
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return figures


if __name__ == "__main__":
    for name, value in run().items():
        print(f"{name:60} {value}")
