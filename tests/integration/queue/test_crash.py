"""Workers and backends are killed while tens of thousands of events flow: effects = events, in order per key."""

import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from posthus.database.embedded import EmbeddedPostgres
from posthus.database.migrate import migrate
from posthus.database.pool import Database
from posthus.jobs import EventId, FileEvent
from posthus.queue.log import put
from posthus.queue.reading import pending
from tests.integration.queue import ledger

EVENTS = 20_000
WORKERS = 3
ROOT = Path(__file__).parents[3]


def start_worker(url: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.integration.queue.ledger", url]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT)


@contextmanager
def own_server(folder: Path) -> Iterator[EmbeddedPostgres]:
    """A server of this test's own: killing a backend with -9 makes it restart all of them."""
    server = EmbeddedPostgres(folder)
    server.start()
    try:
        server.create_database("crash")
        migrate(server.url("crash"))
        yield server
    finally:
        server.stop()


def patiently(attempt: Callable[[], object], wait_until: Callable[[Callable[[], bool]], None]) -> None:
    """Repeat what the restarting server refuses."""

    def done() -> bool:
        try:
            attempt()
        except psycopg.Error:
            return False
        return True

    wait_until(done)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_event_has_one_effect_whatever_is_killed(
    scratch: Path, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    chance = random.Random(7)
    with own_server(scratch / "crash") as server, Database(server.url("crash"), connections=4) as database:
        ledger.prepare(database)
        url = server.url("crash")
        workers = [start_worker(url) for _ in range(WORKERS)]
        put_ids: list[EventId] = []
        try:
            for round_number in range(EVENTS // 500):
                jobs = [ledger.event(chance.randrange(1, 9)) for _ in range(500)]

                def write(jobs: list[FileEvent] = jobs) -> None:
                    with database.transaction() as connection:
                        put(connection, jobs)

                patiently(write, wait_until)
                put_ids += [job.event_id for job in jobs]
                if round_number % 4 == 1:
                    victim = chance.randrange(WORKERS)
                    workers[victim].kill()
                    workers[victim].wait()
                    workers[victim] = start_worker(url)
                if round_number % 5 == 2:
                    patiently(lambda: end_backends(server), wait_until)
                if round_number == 20:
                    patiently(lambda: kill_a_backend(server), wait_until)
            wait_until(lambda: nothing_waits(database))
        finally:
            for worker in workers:
                assert worker.stdin is not None
                worker.stdin.close()
                worker.wait(60)
        check(database, put_ids)


def end_backends(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = 'crash' and state <> 'idle' and random() < 0.7"
        )


def kill_a_backend(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        found = connection.execute(
            "select pid from pg_stat_activity where datname = 'crash' limit 1"
        ).fetchone()
    assert found is not None
    subprocess.run(["kill", f"-{signal.SIGKILL.value}", str(found[0])], check=True)


def nothing_waits(database: Database) -> bool:
    try:
        with database.transaction() as connection:
            return pending(connection) == 0
    except psycopg.Error:
        return False


def check(database: Database, put_ids: list[EventId]) -> None:
    filed, linked = ledger.written(database, "file"), ledger.written(database, "link")
    assert len(filed) == len(put_ids)
    assert {subject for subject, _ in filed} == set(put_ids)
    assert len(linked) == len(put_ids)
    assert {subject for subject, _ in linked} == set(put_ids)
    with database.transaction() as connection:
        order = [
            subject
            for (subject,) in connection.execute(
                "select subject from posthus.log where topic = 'filed' order by id"
            )
        ]
    place = {subject: index for index, subject in enumerate(order)}
    for workspace in range(1, 9):
        places = [place[subject] for subject, one in linked if one == workspace]
        assert places == sorted(places), f"workspace {workspace} was linked out of order"
