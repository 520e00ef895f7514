"""Mails a second taken by SMTP, each durable before its 250, against the same library answering 250 at once.

Every connection sends its next mail when the last one is answered; mails are real ones of a list with an id of their own.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter

import psutil

from bench.database import fresh_database, make_workspace
from posthus.intake.mailboxes import find_mailboxes
from posthus.intake.sources import NewSource, add_source

LIST = Path(os.environ.get("POSTHUS_TEST_DATA", "../shared/data")) / "mail" / "lists" / "easy-ham-1"
ADDRESS = "ind@posthus.example.com"
CONNECTIONS = (1, 16, 64)
MAILS = 3_000
RUNS = 3


def run() -> dict[str, object]:
    """Mails a second and CPU of the receiving process, at each number of connections; medians of three."""
    if not LIST.is_dir():
        return {"skipped": f"needs {LIST}"}
    mails = [
        piece.raw.replace(b"\r\n", b"\n")
        for box in find_mailboxes(LIST)
        for piece in box.read(0)
        if piece.raw
    ]
    result: dict[str, object] = {}
    with fresh_database() as database:
        with database.transaction() as connection:
            add_source(connection, NewSource(make_workspace(connection), "smtp", "Ind", address=ADDRESS))
        for connections in CONNECTIONS:
            found: dict[str, list[tuple[float, float]]] = {"stored": [], "forgotten": []}
            for round_ in range(RUNS):
                for name, target in (("forgotten", "nothing"), ("stored", database.url)):
                    found[name].append(_measured(target, connections, mails, f"{connections}-{round_}"))
            for name, rates in found.items():
                result[f"{connections} connections, {name}: mails/s"] = median(rate for rate, _ in rates)
                result[f"{connections} connections, {name}: ms of CPU each"] = median(cpu for _, cpu in rates)
            stored, forgotten = (median(rate for rate, _ in found[name]) for name in ("stored", "forgotten"))
            result[f"{connections} connections: stored / forgotten"] = stored / forgotten
        with database.transaction() as connection:
            [(count,)] = connection.execute("select count(*) from posthus.event").fetchall()
    return result | {
        "mails in the database of those answered 250": f"{count} of {RUNS * len(CONNECTIONS) * MAILS}"
    }


def _measured(target: str, connections: int, mails: Sequence[bytes], mark: str) -> tuple[float, float]:
    with _served(target) as (port, process):
        before, started = process.cpu_times(), perf_counter()
        asyncio.run(_send(port, connections, mails, mark))
        seconds = perf_counter() - started
        after = process.cpu_times()
    cpu = after.user + after.system - before.user - before.system
    return MAILS / seconds, 1000 * cpu / MAILS


@contextmanager
def _served(target: str) -> Iterator[tuple[int, psutil.Process]]:
    command = [sys.executable, "-m", "bench.smtp_served", target]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline()), psutil.Process(process.pid)
    finally:
        process.communicate(b"")


async def _send(port: int, connections: int, mails: Sequence[bytes], mark: str) -> None:
    numbers = iter(range(MAILS))
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(_client(port, numbers, mails, mark))


async def _client(port: int, numbers: Iterator[int], mails: Sequence[bytes], mark: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def say(line: bytes, expected: bytes) -> None:
        writer.write(line)
        while (answer := await reader.readline())[3:4] == b"-":
            pass
        if not answer.startswith(expected):
            raise RuntimeError(f"{line[:40]!r} was answered {answer!r}")

    await say(b"", b"220")
    await say(b"EHLO bench.example\r\n", b"250")
    for number in numbers:
        await say(b"MAIL FROM:<a@kunde.example>\r\n", b"250")
        await say(f"RCPT TO:<{ADDRESS}>\r\n".encode(), b"250")
        await say(b"DATA\r\n", b"354")
        mail = f"X-Bench: {mark}-{number}\n".encode() + mails[number % len(mails)]
        content = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in mail.split(b"\n"))
        await say(content + b"\r\n.\r\n", b"250")
    await say(b"QUIT\r\n", b"221")
    writer.close()


if __name__ == "__main__":
    sys.stdout.write(f"{run()}\n")
