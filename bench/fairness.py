"""What a burst of 100,000 mails of one source does to everybody else: seconds until another source's mail is linked."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

from bench.database import fresh_database, make_workspace
from posthus.database.pool import Database
from posthus.intake.inbox import NewEvent, receive
from posthus.intake.sources import NewSource, add_source
from posthus.jobs import EventId, Lane, SourceId, WorkspaceId
from posthus.queue.lanes import Bursts

BURST = 100_000
KEY = "a key of this benchmark alone and no secret"
WATCHED_SECONDS = 30.0
PAUSE = 0.25
LINKED = """
select m.event_id from posthus.message as m
join posthus.conversation_message as c on c.message_id = m.id
where m.event_id = any(%s::uuid[])
"""


def run() -> dict[str, object]:
    """The same burst twice: with lanes, and with every event in the live lane (the baseline)."""
    return {
        "events in the burst": BURST,
        **_measured("with lanes", Bursts().lane),
        **_measured("all in one lane (baseline)", lambda _: "live"),
    }


def _measured(name: str, lane_of: Callable[[SourceId], Lane]) -> dict[str, object]:
    with fresh_database() as database:
        with database.transaction() as connection:
            workspace = make_workspace(connection)
            loud, quiet = (
                add_source(
                    connection, NewSource(workspace, "smtp", name, address=f"{name}@firma.example.dk")
                ).id
                for name in ("loud", "quiet")
            )
        with _worker(database.url):
            _first(database, (workspace, quiet), lane_of)
            before = _probe(database, (workspace, quiet), lane_of, 5.0)
            started = perf_counter()
            for first in range(0, BURST, 500):
                _receive(
                    database,
                    [_event(workspace, loud, number) for number in range(first, first + 500)],
                    lane_of,
                )
            taken_in = perf_counter() - started
            during = _probe(database, (workspace, quiet), lane_of, WATCHED_SECONDS)
            with database.transaction() as connection:
                (left,) = connection.execute(
                    "select count(*) from posthus.event e where not exists"
                    " (select from posthus.message m where m.source_id = e.source_id and m.event_id = e.id)"
                ).fetchone() or (0,)
    return {
        f"{name}: accepted a second during the burst": BURST / taken_in,
        f"{name}: s until linked, nothing else going on (median)": median(before),
        f"{name}: s until linked, behind the burst (median)": median(during),
        f"{name}: s until linked, behind the burst (worst)": max(during),
        f"{name}: events of the burst still waiting then": left,
    }


@contextmanager
def _worker(url: str) -> Iterator[None]:
    command = [sys.executable, "-m", "posthus", "run", "worker", "--stages", "file,link"]
    process = subprocess.Popen(
        command,
        env={**os.environ, "POSTHUS_DATABASE_URL": url, "POSTHUS_SECRET_KEY": KEY},
        cwd=Path(__file__).parents[1],
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
        if process.poll() is not None:
            raise RuntimeError("the worker ended by itself")
    finally:
        process.terminate()
        process.wait(60)


def _event(workspace: WorkspaceId, source: SourceId, number: int) -> NewEvent:
    mail = (
        f"From: Kunde {number} <kunde{number % 5000}@kunde.example.com>\r\nTo: salg@firma.example.dk\r\n"
        f"Subject: Ordre {number}\r\nMessage-ID: <{number}.{source}@kunde.example.com>\r\n\r\n"
        f"Hej, hvordan går det med ordre {number}?\r\n"
    )
    return NewEvent(workspace, source, "mail", mail.encode())


def _receive(
    database: Database, events: list[NewEvent], lane_of: Callable[[SourceId], Lane]
) -> list[EventId]:
    with database.transaction() as connection:
        return [one.event_id for one in receive(connection, events, lane_of)]


def _first(
    database: Database, whose: tuple[WorkspaceId, SourceId], lane_of: Callable[[SourceId], Lane]
) -> None:
    """Wait for the worker to be there: nothing is measured before it has done something."""
    ids = _receive(database, [_event(*whose, 0)], lane_of)
    while True:
        with database.transaction() as connection:
            if connection.execute(LINKED, (ids,)).fetchone() is not None:
                return
        sleep(0.05)


def _probe(
    database: Database,
    whose: tuple[WorkspaceId, SourceId],
    lane_of: Callable[[SourceId], Lane],
    seconds: float,
) -> list[float]:
    """One event every quarter of a second; how long each took. What is not done at the end took at least so long."""
    sent: dict[EventId, float] = {}
    took: list[float] = []
    started = perf_counter()
    number = 0
    while (now := perf_counter()) - started < seconds:
        if now - started >= number * PAUSE:
            number += 1
            (event_id,) = _receive(database, [_event(*whose, int(now * 1e6))], lane_of)
            sent[event_id] = perf_counter()
        with database.transaction() as connection:
            done = [EventId(one) for (one,) in connection.execute(LINKED, (list(sent),))]
        took += [perf_counter() - sent.pop(one) for one in done]
        sleep(0.01)
    return took + [perf_counter() - at for at in sent.values()]
