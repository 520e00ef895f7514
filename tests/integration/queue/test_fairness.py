"""Nobody's burst holds others up: shown by the order in which things are done, never by a clock."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection

from posthus.database.pool import Database
from posthus.jobs import FileEvent, LinkMessage, SourceId
from posthus.queue.lanes import Bursts
from posthus.queue.log import put, put_again
from posthus.queue.stages import AnyStage, LongStage, Stage, three_steps
from posthus.queue.worker import Worker, drain
from tests.integration.queue import ledger

BATCH = 20


@pytest.fixture
def queue(database: Database) -> Database:
    ledger.prepare(database)
    return database


def put_all(database: Database, jobs: Sequence[FileEvent | LinkMessage]) -> None:
    with database.transaction() as connection:
        put(connection, jobs)


def arrive(database: Database, bursts: Bursts, source: int, count: int) -> list[FileEvent]:
    """As intake takes them in: what exceeds the source's share goes to the bulk lane."""
    jobs = [ledger.event(source=source, lane=bursts.lane(SourceId(source))) for _ in range(count)]
    put_all(database, jobs)
    return jobs


def short() -> Stage[FileEvent]:
    return Stage("file", FileEvent, ledger.filing, batch=BATCH)


def long() -> LongStage[FileEvent]:
    def apply(connection: Connection, jobs: Sequence[FileEvent], _: object) -> None:
        ledger.filing(connection, jobs)

    return LongStage(
        "file", FileEvent, three_steps(lambda _, jobs: jobs, lambda jobs: jobs, apply), batch=BATCH
    )


def places(database: Database, jobs: Sequence[FileEvent], stage: str = "file") -> list[int]:
    """When each job was done: how many were done before it."""
    order = {subject: place for place, (subject, _) in enumerate(ledger.written(database, stage))}
    return [order[job.event_id] for job in jobs]


@pytest.mark.parametrize("make", [short, long])
def test_a_burst_does_not_hold_up_another_sources_events(
    queue: Database, make: Callable[[], AnyStage]
) -> None:
    bursts = Bursts(burst=40, rate=0.0)
    arrive(queue, bursts, 1, 3000)
    others = [job for source in range(2, 7) for job in arrive(queue, bursts, source, 8)]
    drain(queue, [make()])
    assert len(ledger.written(queue, "file")) == 3000 + 40
    # All live work, and the bulk turns that come between: one in four, sixteen live parts at most two batches each.
    assert max(places(queue, others)) < 40 + 40 + BATCH * 16


def test_the_lane_goes_on_through_the_stages(queue: Database) -> None:
    """What an import left behind for the later stages does not hold new mail up there either."""
    imported = [ledger.event(lane="bulk") for _ in range(1000)]
    put_all(queue, imported)
    drain(queue, [short()])  # the import is filed and waits to be linked
    fresh = [ledger.event() for _ in range(10)]
    put_all(queue, fresh)
    drain(queue, [short(), Stage("link", LinkMessage, ledger.linking, batch=BATCH)])
    assert max(places(queue, fresh, "link")) < 200
    assert len(ledger.written(queue, "link")) == 1010


def test_bulk_sources_are_served_in_turn(queue: Database) -> None:
    large = [ledger.event(source=1, lane="bulk") for _ in range(3000)]
    put_all(queue, large)
    small = [ledger.event(source=2, lane="bulk") for _ in range(80)]
    put_all(queue, small)
    drain(queue, [short()])
    assert max(places(queue, small)) < 2 * 80 + 16 * BATCH


def test_what_is_done_again_does_not_hold_up_what_is_new(queue: Database) -> None:
    history = [ledger.event() for _ in range(1000)]
    with queue.transaction() as connection:
        put_again(connection, "file", history)
    fresh = [ledger.event() for _ in range(10)]
    put_all(queue, fresh)
    drain(queue, [short(), Stage("link", LinkMessage, ledger.linking, batch=BATCH)])
    assert max(places(queue, fresh)) < 200
    assert max(places(queue, fresh, "link")) < 200


def test_bulk_work_goes_on_while_live_work_never_ends(queue: Database) -> None:
    imported = [ledger.event(source=2, lane="bulk") for _ in range(30)]
    put_all(queue, imported)

    def endless(connection: Connection, jobs: Sequence[FileEvent]) -> None:
        ledger.write_down("file", connection, [(job.event_id, 1) for job in jobs])
        put(connection, [ledger.event() for job in jobs if job.lane == "live"])

    put_all(queue, [ledger.event() for _ in range(50)])
    worker = Worker(queue, [Stage("file", FileEvent, endless, batch=5)])
    for _ in range(4 * 16):
        worker.run_once()
    done = {subject for subject, _ in ledger.written(queue, "file")}
    assert {job.event_id for job in imported} <= done


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 120), st.booleans()), min_size=1, max_size=8))
def test_whatever_arrives_in_whatever_lane_is_done_once_and_live_work_first(
    queue: Database, arrivals: list[tuple[int, int, bool]]
) -> None:
    jobs = [
        ledger.event(source=source, lane="bulk" if bulk else "live")
        for source, count, bulk in arrivals
        for _ in range(count)
    ]
    earlier = len(ledger.written(queue, "file"))
    put_all(queue, jobs)
    assert drain(queue, [short()]) == len(jobs)
    live = [job for job in jobs if job.lane == "live"]
    if live:
        batches = len(live) // BATCH + 16  # sixteen parts may each end with a small one
        assert max(places(queue, live)) - earlier < len(live) + BATCH * (batches // 3 + 1)
    assert len(set(places(queue, jobs))) == len(jobs)
