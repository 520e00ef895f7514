"""A server of a benchmark's own: started on a free port, asked until it answers, stopped afterwards."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from socket import create_server
from time import monotonic, sleep

import httpx

ROOT = Path(__file__).parents[1]
_START_SECONDS = 60


def free_port() -> int:
    """A loopback port that nobody uses now."""
    with create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def served(target: str, environment: Mapping[str, str]) -> Iterator[str]:
    """An ASGI factory (`module:name`) under granian; gives its address."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--no-ws"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "error", target]
    with _process(command, {**os.environ, **environment}, f"http://127.0.0.1:{port}") as base:
        yield base


@contextmanager
def posthus_serving(data: Path, database_url: str) -> Iterator[str]:
    """`posthus run api` as a host runs it, on a database that is there; gives its address."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("POSTHUS_")}
    environment["POSTHUS_DATA"] = str(data)
    environment["POSTHUS_DATABASE_URL"] = database_url
    environment["POSTHUS_HTTP"] = f"127.0.0.1:{port}"
    command = [sys.executable, "-m", "posthus", "run", "api"]
    with _process(command, environment, f"http://127.0.0.1:{port}") as base:
        yield base


@contextmanager
def _process(command: list[str], environment: Mapping[str, str], base: str) -> Iterator[str]:
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        wait_until_answers(f"{base}/healthz", process)
        yield base
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def wait_until_answers(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Return once an address answers 200; raises RuntimeError when the process ends or a minute is over."""
    deadline = monotonic() + _START_SECONDS
    while not _answers(url):
        if process.poll() is not None or monotonic() > deadline:
            raise RuntimeError(f"the server did not start: {process.args!r}")
        sleep(0.05)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False
