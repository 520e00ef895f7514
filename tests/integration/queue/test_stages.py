"""Effects happen once, in order per key; what fails is found, tried again, buried, and replayed."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from psycopg import Connection

from posthus.database.pool import Database
from posthus.jobs import FileEvent, LinkMessage, WorkspaceId
from posthus.queue.buried import BuriedFilter, buried_drop, buried_list, buried_replay
from posthus.queue.log import put, put_again
from posthus.queue.reading import pending, stage_numbers
from posthus.queue.stages import LongStage, Patience, Permanent, Stage, three_steps
from posthus.queue.worker import Worker, drain
from tests.integration.queue import ledger

WORKSPACE = WorkspaceId(1)


@pytest.fixture
def queue(database: Database) -> Database:
    ledger.prepare(database)
    return database


def put_all(database: Database, jobs: Sequence[FileEvent | LinkMessage]) -> None:
    with database.transaction() as connection:
        put(connection, jobs)


def test_each_job_has_one_effect_and_the_next_stage_follows(queue: Database) -> None:
    jobs = [ledger.event() for _ in range(500)]
    put_all(queue, jobs)
    assert drain(queue, ledger.STAGES) == 1000
    assert {subject for subject, _ in ledger.written(queue, "file")} == {job.event_id for job in jobs}
    assert len(ledger.written(queue, "link")) == 500
    with queue.transaction() as connection:
        assert pending(connection) == 0
        assert [(one.stage, one.appended, one.done) for one in stage_numbers(connection)] == [
            ("file", 500, 500),
            ("link", 500, 500),
        ]


def test_jobs_of_one_key_keep_their_order_with_many_writers_and_workers(queue: Database) -> None:
    def write(writer: int) -> list[LinkMessage]:
        mine = [ledger.message(writer) for _ in range(60)]
        for job in mine:
            put_all(queue, [job])
        return mine

    with ThreadPoolExecutor(6) as pool:
        working = [pool.submit(drain, queue, ledger.STAGES) for _ in range(2)]
        written = list(pool.map(write, range(1, 4)))
        for one in working:
            one.result()
    drain(queue, ledger.STAGES)
    effects = ledger.written(queue, "link")
    for writer, mine in enumerate(written, start=1):
        assert [subject for subject, workspace in effects if workspace == writer] == [
            job.message_id for job in mine
        ]


def test_an_open_writing_transaction_hides_nothing_and_stops_nobody(queue: Database) -> None:
    late, early = ledger.event(), ledger.event()
    with queue.transaction() as slow:
        slow.execute("insert into ledger (stage) values ('something else')")
        put_all(queue, [early])
        assert drain(queue, ledger.STAGES) == 2
        put(slow, [late])
    assert drain(queue, ledger.STAGES) == 2
    assert [subject for subject, _ in ledger.written(queue, "file")] == [early.event_id, late.event_id]


def failing_on(bad: FileEvent, error: Exception) -> Callable[[Connection, Sequence[FileEvent]], None]:
    def handler(connection: Connection, jobs: Sequence[FileEvent]) -> None:
        ledger.filing(connection, jobs)
        if bad in jobs:
            raise error

    return handler


def test_a_failing_batch_is_halved_until_the_item_is_found(queue: Database) -> None:
    jobs = [ledger.event() for _ in range(300)]
    put_all(queue, jobs)
    drain(
        queue,
        [Stage("file", FileEvent, failing_on(jobs[123], ValueError("no")), patience=Patience(pause=3600.0))],
    )
    done = {subject for subject, _ in ledger.written(queue, "file")}
    assert done == {job.event_id for job in jobs} - {jobs[123].event_id}
    with queue.transaction() as connection:
        (numbers,) = stage_numbers(connection)
    assert (numbers.backlog, numbers.retrying, numbers.buried) == (0, 1, 0)


def test_an_item_is_tried_again_then_buried_then_replayed(queue: Database) -> None:
    job = ledger.event()
    put_all(queue, [job])
    stage = Stage("file", FileEvent, failing_on(job, ValueError("no")), patience=Patience(3, 0.0))
    drain(queue, [stage])
    with queue.transaction() as connection:
        (buried,) = buried_list(connection, WORKSPACE, BuriedFilter(), None, 10)
        assert (buried.attempts, buried.error, buried.event_id) == (3, "ValueError: no", job.event_id)
        assert buried_replay(connection, WORKSPACE, BuriedFilter(id=buried.id)) == 1
    assert drain(queue, ledger.STAGES) == 2
    assert ledger.written(queue, "file") == [(job.event_id, 1)]
    with queue.transaction() as connection:
        assert buried_list(connection, WORKSPACE, BuriedFilter(), None, 10) == []


def test_what_no_retry_can_help_is_buried_at_once_and_can_be_dropped(queue: Database) -> None:
    job = ledger.event()
    put_all(queue, [job])
    drain(queue, [Stage("file", FileEvent, failing_on(job, Permanent("never")))])
    with queue.transaction() as connection:
        (buried,) = buried_list(connection, WORKSPACE, BuriedFilter(), None, 10)
        assert buried.attempts == 1
        assert not buried_drop(connection, WorkspaceId(2), BuriedFilter(id=buried.id))
        assert buried_drop(connection, WORKSPACE, BuriedFilter(id=buried.id))


def test_history_is_replayed_for_one_stage_only(queue: Database) -> None:
    jobs = [ledger.event() for _ in range(5)]
    put_all(queue, jobs)
    first = [
        Stage("file", FileEvent, lambda c, j: ledger.write_down("file", c, [(o.event_id, 1) for o in j]))
    ]
    second = [
        Stage("other", FileEvent, lambda c, j: ledger.write_down("other", c, [(o.event_id, 1) for o in j]))
    ]
    drain(queue, [*first, *second])
    with queue.transaction() as connection:
        put_again(connection, "file", jobs)
    drain(queue, [*first, *second])
    assert len(ledger.written(queue, "file")) == 10
    assert len(ledger.written(queue, "other")) == 5


def long_stage(
    compute: Callable[[list[FileEvent]], list[FileEvent]], lease: float = 60.0, attempts: int = 8
) -> LongStage[FileEvent]:
    def apply(connection: Connection, jobs: Sequence[FileEvent], result: list[FileEvent]) -> None:
        assert list(jobs) == result
        ledger.write_down("long", connection, [(job.event_id, job.workspace_id) for job in jobs])

    steps = three_steps(lambda _, jobs: list(jobs), compute, apply)
    return LongStage("long", FileEvent, steps, batch=10, lease=lease, patience=Patience(attempts, 0.0))


def test_a_long_stage_holds_no_transaction_while_it_computes(queue: Database) -> None:
    def compute(jobs: list[FileEvent]) -> list[FileEvent]:
        with queue.transaction() as connection:
            found = connection.execute(
                "select count(*) from pg_stat_activity where datname = current_database()"
                " and xact_start is not null and pid <> pg_backend_pid() and backend_type = 'client backend'"
            ).fetchone()
        assert found == (0,)
        return jobs

    put_all(queue, [ledger.event() for _ in range(30)])
    drain(queue, [long_stage(compute)])
    assert len(ledger.written(queue, "long")) == 30


def test_a_worker_that_was_overtaken_writes_nothing(queue: Database) -> None:
    overtaken, go_on = threading.Event(), threading.Event()

    def slow(jobs: list[FileEvent]) -> list[FileEvent]:
        overtaken.set()
        assert go_on.wait(60)
        return jobs

    put_all(queue, [ledger.event()])
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(Worker(queue, [long_stage(slow)]).run_once)
        assert overtaken.wait(60)
        with queue.transaction() as connection:  # its lease runs out, as after a long pause of its machine
            connection.execute("update posthus.cursor set leased_until = now() - interval '1 second'")
        assert drain(queue, [long_stage(lambda jobs: jobs)]) == 1
        go_on.set()
        assert late.result() == 0
    assert len(ledger.written(queue, "long")) == 1


def test_a_long_stage_finds_and_buries_the_item_that_fails(queue: Database) -> None:
    jobs = [ledger.event() for _ in range(40)]
    put_all(queue, jobs)

    def compute(given: list[FileEvent]) -> list[FileEvent]:
        if jobs[7] in given:
            raise ValueError("no")
        return given

    drain(queue, [long_stage(compute, attempts=2)])
    assert {subject for subject, _ in ledger.written(queue, "long")} == {
        job.event_id for job in jobs if job is not jobs[7]
    }
    with queue.transaction() as connection:
        (buried,) = buried_list(connection, WORKSPACE, BuriedFilter(stage="long"), None, 10)
    assert buried.event_id == jobs[7].event_id
