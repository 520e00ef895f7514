"""Load from wrk, which takes little of the processors that the server needs, and what it costs everybody."""

import hmac
import json
import resource
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import psutil

SCRIPT = Path(__file__).with_name("intake_load.lua")


@dataclass(frozen=True, slots=True)
class Answers:
    """What one load was answered: how many, of which not with 2xx, and CPU in microseconds for each."""

    answered: int
    refused: int
    failed: int
    per_second: float
    p50_ms: float
    p99_ms: float
    server_us: float
    database_us: float
    sender_us: float


def write_requests(file: Path, address: tuple[str, str], numbers: Iterable[int]) -> None:
    """Signed deliveries of 1 kB that differ, for a source's token and secret."""
    with file.open("wb") as output:
        for request in _requests(*address, numbers):
            output.write(b"%08d" % len(request) + request)


class Way(NamedTuple):
    """How a load is sent: over how many connections, for how many seconds at most, with how many ms between requests."""

    name: str
    connections: int
    seconds: int = 5
    wait: float = 0


def load(file: Path, place: tuple[int, psutil.Process, psutil.Process], way: Way) -> Answers:
    """Send every request of the file to a port, until the time is over.

    The processes are the server's and the database's, children included.
    """
    port, server, database = place
    if shutil.which("wrk") is None:
        raise FileNotFoundError("this benchmark needs wrk (Debian package)")
    command = [
        "wrk",
        "-t1",
        f"-c{way.connections}",
        f"-d{way.seconds}s",
        "--timeout",
        "30s",
        "-s",
        str(SCRIPT),
    ]
    command += [f"http://127.0.0.1:{port}/", "--", str(file), str(round(way.wait))]
    before, own = (_spent(server), _spent(database)), _children()
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=way.seconds + 60)
    spent = (_spent(server) - before[0], _spent(database) - before[1], _children() - own)
    told = json.loads(done.stdout.strip().splitlines()[-1])
    answered = told["answered"]
    server_us, database_us, sender_us = (seconds / answered * 1e6 for seconds in spent)
    return Answers(
        answered, told["refused"], told["failed"], answered / told["seconds"], told["p50_ms"], told["p99_ms"],
        server_us, database_us, sender_us,
    )  # fmt: skip


def _requests(token: str, secret: str, numbers: Iterable[int]) -> Iterator[bytes]:
    for each in numbers:
        start = b'{"event":"message","number":%d,"text":"' % each
        text = hmac.new(b"words", str(each).encode(), "sha512").hexdigest().encode() * 8
        body = start + text[: 1000 - len(start) - 2] + b'"}'
        mark = hmac.new(secret.encode(), body, "sha256").hexdigest()
        head = f"POST /in/{token} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        head += f"X-Signature: sha256={mark}\r\nContent-Length: {len(body)}\r\n\r\n"
        yield head.encode() + body


def _spent(process: psutil.Process) -> float:
    total = 0.0
    for each in (process, *process.children(recursive=True)):
        times = each.cpu_times()
        total += times.user + times.system
    return total


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
