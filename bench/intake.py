"""Durable accepts per second against a no-op endpoint on the same server, and mail imported per second.

`python -m bench.intake` prints one line per measure and then the figures as JSON.
"""

import asyncio
import hmac
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_server
from time import perf_counter, sleep

import psutil

from bench.intake_served import KEYRING
from posthus.database.embedded import EmbeddedPostgres
from posthus.database.migrate import migrate
from posthus.database.pool import Database
from posthus.intake.importer import import_paths
from posthus.intake.sources import NewSource, add_source
from posthus.jobs import WorkspaceId

ROOT = Path(__file__).parents[1]
CONNECTIONS = 64
REQUESTS = 30_000
WARM_UP = 2_000
ROUNDS = 3


@contextmanager
def _served(target: str, url: str) -> Iterator[tuple[int, int]]:
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "rsgi", "--factory", "--no-ws"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "error"]
    command += ["--backlog", "2048", f"bench.intake_served:{target}"]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"POSTHUS_BENCH_DATABASE": url})
    try:
        for _ in range(200):
            try:
                asyncio.run(_send(port, [b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"], 1))
                break
            except OSError:
                sleep(0.05)
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _requests(token: str, secret: str, first: int, number: int) -> list[bytes]:
    made = []
    for each in range(first, first + number):
        start = b'{"event":"message","number":%d,"text":"' % each
        text = hmac.new(b"words", str(each).encode(), "sha512").hexdigest().encode() * 8
        body = start + text[: 1000 - len(start) - 2] + b'"}'
        mark = hmac.new(secret.encode(), body, "sha256").hexdigest()
        head = f"POST /in/{token} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        head += f"X-Signature: sha256={mark}\r\nContent-Length: {len(body)}\r\n\r\n"
        made.append(head.encode() + body)
    return made


class _Client(asyncio.Protocol):
    """One keep-alive connection that sends the next request when the last one is answered."""

    def __init__(self, shared: "_Shared") -> None:
        self.shared = shared

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.next()

    def next(self) -> None:
        request = next(self.shared.requests, None)
        if request is None:
            self.transport.close()
            self.shared.left()
            return
        self.sent = perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        # Every answer here is small and comes in one piece.
        self.shared.seconds.append(perf_counter() - self.sent)
        self.shared.accepted += data.startswith(b"HTTP/1.1 202")
        self.next()


class _Shared:
    def __init__(self, requests: list[bytes], clients: int, done: "asyncio.Future[None]") -> None:
        self.requests = iter(requests)
        self.seconds: list[float] = []
        self.accepted = 0
        self.running = clients
        self.done = done

    def left(self) -> None:
        self.running -= 1
        if not self.running:
            self.done.set_result(None)


async def _send(port: int, requests: list[bytes], clients: int) -> tuple[float, int, list[float]]:
    loop = asyncio.get_running_loop()
    shared = _Shared(requests, clients, loop.create_future())
    began = perf_counter()
    for _ in range(clients):
        await loop.create_connection(lambda: _Client(shared), "127.0.0.1", port)
    await shared.done
    return perf_counter() - began, shared.accepted, sorted(shared.seconds)


def _processor(pid: int) -> float:
    tree = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return sum(each.cpu_times().user + each.cpu_times().system for each in tree)


def _measure(port: int, pid: int, requests: list[bytes]) -> dict[str, float]:
    before = _processor(pid)
    seconds, accepted, each = asyncio.run(_send(port, requests, CONNECTIONS))
    return {
        "per_second": len(requests) / seconds,
        "accepted": accepted,
        "p50_ms": each[len(each) // 2] * 1000,
        "p99_ms": each[len(each) * 99 // 100] * 1000,
        "server_us": (_processor(pid) - before) / len(requests) * 1e6,
    }


def _webhooks(url: str) -> dict[str, object]:
    with Database(url) as database, database.transaction() as connection:
        made = connection.execute("insert into posthus.workspace (name) values ('Bench') returning id")
        workspace = WorkspaceId((made.fetchone() or (0,))[0])
        source = add_source(connection, NewSource(workspace, "webhook", "Bench"), KEYRING)
    token, secret = source.token or "", source.secret or ""
    rounds: list[tuple[dict[str, float], dict[str, float]]] = []
    with _served("nothing", url) as (idle, idle_pid), _served("intake", url) as (real, real_pid):
        warm = _requests(token, secret, 0, WARM_UP)
        asyncio.run(_send(idle, warm, CONNECTIONS))
        _, sent, _ = asyncio.run(_send(real, warm, CONNECTIONS))
        for each in range(ROUNDS):  # by turns, so that a noisy moment hits both
            requests = _requests(token, secret, WARM_UP + each * REQUESTS, REQUESTS)
            rounds.append((_measure(idle, idle_pid, requests), _measure(real, real_pid, requests)))
    with Database(url) as database, database.transaction() as connection:
        (rows,) = connection.execute("select count(*) from posthus.event").fetchone() or (0,)
    accepted = int(sum(real["accepted"] for _, real in rounds)) + sent
    noop, best = max((one for one, _ in rounds), key=_rate), max((one for _, one in rounds), key=_rate)
    ratios = sorted(real["per_second"] / idle["per_second"] for idle, real in rounds)
    return {
        "noop_per_second": round(noop["per_second"]),
        "accepts_per_second": round(best["per_second"]),
        "ratio": round(ratios[len(ratios) // 2], 3),
        "ratios": [round(each, 3) for each in ratios],
        "p50_ms": round(best["p50_ms"], 2),
        "p99_ms": round(best["p99_ms"], 2),
        "noop_p99_ms": round(noop["p99_ms"], 2),
        "server_us_per_accept": round(best["server_us"], 1),
        "noop_us": round(noop["server_us"], 1),
        "answered_202": accepted,
        "rows": rows,
        "rows_equal_202": rows == accepted,
    }


def _rate(measure: dict[str, float]) -> float:
    return measure["per_second"]


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
    server = EmbeddedPostgres(folder / "postgres", {"shared_buffers": "512MB", "max_wal_size": "4GB"})
    try:
        server.start()
        server.create_database("posthus")
        migrate(server.url())
        figures = _webhooks(server.url()) | _mail(server.url())
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return figures


if __name__ == "__main__":
    measured = run()
    for name, value in measured.items():
        print(f"intake {name:24} {value}")
    print(json.dumps(measured))
