"""What kept failing keeps its story, is found by filters, and is tried again or given up, one or many at once."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection

from posthus.database.pool import Database
from posthus.jobs import FileEvent, Job, SourceId, WorkspaceId
from posthus.queue.buried import (
    BuriedFilter,
    buried_count,
    buried_drop,
    buried_get,
    buried_list,
    buried_replay,
)
from posthus.queue.log import put
from posthus.queue.reading import pending, stage_numbers
from posthus.queue.replays import Scope, Unlisted, ask_replay, list_some, replays
from posthus.queue.stages import Patience, Permanent, Stage
from posthus.queue.worker import drain
from tests.integration.queue import ledger

WORKSPACE = WorkspaceId(1)
Handler = Callable[[Connection, Sequence[FileEvent]], None]


@pytest.fixture
def queue(database: Database) -> Database:
    ledger.prepare(database)
    with database.transaction() as connection:
        connection.execute("insert into posthus.workspace (name) values ('One'), ('Two')")
    return database


def put_all(database: Database, jobs: Sequence[FileEvent]) -> None:
    with database.transaction() as connection:
        put(connection, jobs)


def stage(handler: Handler, attempts: int = 3) -> Stage[FileEvent]:
    return Stage("file", FileEvent, handler, patience=Patience(attempts, 0.0))


def failing(words: Callable[[FileEvent], str | None]) -> Handler:
    """A handler that refuses what `words` gives a reason for, at once."""

    def handler(connection: Connection, jobs: Sequence[FileEvent]) -> None:
        for job in jobs:
            reason = words(job)
            if reason is not None:
                raise Permanent(reason)
        ledger.write_down("file", connection, [(job.event_id, job.workspace_id) for job in jobs])

    return handler


def test_every_attempt_is_told_also_those_before_a_replay(queue: Database) -> None:
    errors = iter(["out of ink", "out of paper", "out of stamps", "out of patience"])

    def handler(connection: Connection, jobs: Sequence[FileEvent]) -> None:
        raise ValueError(next(errors))

    put_all(queue, [ledger.event()])
    drain(queue, [stage(handler, attempts=3)])
    with queue.transaction() as connection:
        (one,) = buried_list(connection, WORKSPACE, BuriedFilter(), None, 10)
        assert [each.error for each in one.history] == [
            "ValueError: out of ink",
            "ValueError: out of paper",
            "ValueError: out of stamps",
        ]
        assert [each.attempt for each in one.history] == [1, 2, 3]
        assert [each.at for each in one.history] == sorted(each.at for each in one.history)
        assert buried_replay(connection, WORKSPACE, BuriedFilter(id=one.id)) == 1
    drain(queue, [stage(handler, attempts=1)])
    with queue.transaction() as connection:
        (again,) = buried_list(connection, WORKSPACE, BuriedFilter(), None, 10)
    assert [each.attempt for each in again.history] == [1, 2, 3, 1]
    assert again.error == "ValueError: out of patience"


def test_a_story_is_kept_to_its_last_forty_attempts(queue: Database) -> None:
    with queue.transaction() as connection:
        found = connection.execute(
            "with recursive h (n, history) as (select 1, posthus.with_attempt('[]', 1, 'x')"
            " union all select n + 1, posthus.with_attempt(history, n + 1, repeat('y', 2000)) from h where n < 60)"
            " select jsonb_array_length(history), history->0->>'attempt', length(history->39->>'error')"
            " from h where n in (3, 60) order by n"
        ).fetchall()
    assert found == [(3, "1", None), (40, "21", 500)]


def buried_three(queue: Database) -> list[FileEvent]:
    jobs = [ledger.event(source=1), ledger.event(source=1), ledger.event(source=2)]
    put_all(queue, jobs)
    reasons = {
        jobs[0].event_id: "no such table",
        jobs[1].event_id: "100% full",
        jobs[2].event_id: "No Such File",
    }
    drain(queue, [stage(failing(lambda job: reasons[job.event_id]))])
    return jobs


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (BuriedFilter(), 3),
        (BuriedFilter(error="no such"), 2),
        (BuriedFilter(error="100%"), 1),
        (BuriedFilter(error="_"), 0),
        (BuriedFilter(source_id=SourceId(1)), 2),
        (BuriedFilter(source_id=SourceId(2), error="table"), 0),
        (BuriedFilter(stage="link"), 0),
        (BuriedFilter(since=datetime.now(UTC) + timedelta(days=1)), 0),
        (BuriedFilter(since=datetime.now(UTC) - timedelta(days=1)), 3),
    ],
)
def test_a_filter_means_the_same_for_counting_listing_replaying_and_dropping(
    queue: Database, wanted: BuriedFilter, count: int
) -> None:
    buried_three(queue)
    with queue.transaction() as connection:
        assert len(buried_list(connection, WORKSPACE, wanted, None, 10)) == count
        assert buried_count(connection, WORKSPACE, wanted) == count
        assert buried_count(connection, WorkspaceId(2), wanted) == 0
        assert buried_drop(connection, WorkspaceId(2), wanted) == 0
        assert buried_replay(connection, WorkspaceId(2), wanted) == 0
        with connection.transaction(force_rollback=True):
            assert buried_drop(connection, WORKSPACE, wanted) == count
        assert buried_replay(connection, WORKSPACE, wanted) == count
        assert buried_replay(connection, WORKSPACE, wanted) == 0
        assert buried_count(connection, WORKSPACE, BuriedFilter()) == 3 - count


def test_many_are_tried_again_behind_what_is_new_and_one_at_once(queue: Database) -> None:
    jobs = buried_three(queue)
    lanes: dict[object, str] = {}

    def noting(connection: Connection, given: Sequence[FileEvent]) -> None:
        lanes.update({job.event_id: job.lane for job in given})

    with queue.transaction() as connection:
        found = buried_list(connection, WORKSPACE, BuriedFilter(source_id=SourceId(2)), None, 1)
        buried_replay(connection, WORKSPACE, BuriedFilter(id=found[0].id))
        buried_replay(connection, WORKSPACE, BuriedFilter())
    drain(queue, [stage(noting)])
    assert [lanes[job.event_id] for job in jobs] == ["bulk", "bulk", "live"]


def history_of(jobs: Sequence[FileEvent], size: int) -> Callable[[Connection, Unlisted], Sequence[Job]]:
    ordered = sorted(jobs, key=lambda job: job.event_id)

    def history(_: Connection, replay: Unlisted) -> Sequence[Job]:
        return [job for job in ordered if job.event_id > replay.after_id][:size]

    return history


def test_a_replay_is_listed_in_pieces_and_followed_to_its_end(queue: Database) -> None:
    jobs = [ledger.event() for _ in range(25)]
    with queue.transaction() as connection:
        number = ask_replay(connection, Scope(WORKSPACE), "file", "somebody")
    history = history_of(jobs, 10)
    assert list_some(queue, history, number)
    with queue.transaction() as connection:
        (asked,) = replays(connection, WORKSPACE, 10)
        assert (asked.total, asked.listed, asked.finished) == (10, False, False)
    while list_some(queue, history):
        pass
    drain(queue, [stage(failing(lambda _: None))])
    with queue.transaction() as connection:
        (asked,) = replays(connection, WORKSPACE, 10)
        assert (asked.total, asked.done, asked.finished) == (25, 25, True)
        assert replays(connection, WorkspaceId(2), 10) == []
    assert sorted(subject for subject, _ in ledger.written(queue, "file")) == sorted(
        job.event_id for job in jobs
    )


def test_progress_counts_what_still_waits(queue: Database) -> None:
    jobs = [ledger.event() for _ in range(40)]
    with queue.transaction() as connection:
        ask_replay(connection, Scope(WORKSPACE), "file", "somebody")
    ready = stage(failing(lambda _: None))
    drain(queue, [ready])
    while list_some(queue, history_of(jobs, 15)):
        pass
    with queue.transaction() as connection:
        (asked,) = replays(connection, WORKSPACE, 10)
        assert (asked.total, asked.done, asked.finished) == (40, 0, False)


def test_a_replay_lifts_what_is_buried_and_hurries_what_waits(queue: Database) -> None:
    """A burial must not outlive its cause: after a replay that works nothing is buried, and nothing done twice."""
    jobs = [ledger.event() for _ in range(6)]
    put_all(queue, jobs)
    gone, waiting = jobs[0].event_id, jobs[1].event_id

    def broken(connection: Connection, given: Sequence[FileEvent]) -> None:
        for job in given:
            if job.event_id == gone:
                raise Permanent("broken")
            if job.event_id == waiting:
                raise ValueError("not now")

    drain(queue, [Stage("file", FileEvent, broken, patience=Patience(pause=3600.0))])
    with queue.transaction() as connection:
        ask_replay(connection, Scope(WORKSPACE), "file", "somebody")
    while list_some(queue, history_of(jobs, 4)):
        pass
    drain(queue, [stage(failing(lambda _: None))])
    with queue.transaction() as connection:
        (numbers,) = stage_numbers(connection)
        assert (numbers.backlog, numbers.retrying, numbers.buried) == (0, 0, 0)
        assert pending(connection) == 0
    assert sorted(one for one, _ in ledger.written(queue, "file")) == sorted(job.event_id for job in jobs)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    count=st.integers(1, 60),
    bad=st.sets(st.integers(0, 59), max_size=8),
    batch=st.integers(1, 40),
    attempts=st.integers(1, 3),
)
def test_halving_finds_exactly_what_fails(
    queue: Database, count: int, bad: set[int], batch: int, attempts: int
) -> None:
    """Whatever fails among whatever does not: the ones are buried, the others done once."""
    jobs = [ledger.event() for _ in range(count)]
    cursed = {jobs[index].event_id for index in bad if index < count}
    with queue.transaction() as connection:
        connection.execute("truncate ledger")
        buried_drop(connection, WORKSPACE, BuriedFilter())
    put_all(queue, jobs)

    def handler(connection: Connection, given: Sequence[FileEvent]) -> None:
        ledger.write_down("file", connection, [(job.event_id, 1) for job in given])
        if cursed & {job.event_id for job in given}:
            raise ValueError("cursed")

    drain(queue, [Stage("file", FileEvent, handler, batch=batch, patience=Patience(attempts, 0.0))])
    with queue.transaction() as connection:
        found = buried_list(connection, WORKSPACE, BuriedFilter(), None, 100)
        assert pending(connection) == 0
    assert {one.event_id for one in found} == cursed
    assert all(len(one.history) == attempts for one in found)
    assert sorted(one for one, _ in ledger.written(queue, "file")) == sorted(
        job.event_id for job in jobs if job.event_id not in cursed
    )


def test_one_buried_item_is_had_by_its_number(queue: Database) -> None:
    buried_three(queue)
    with queue.transaction() as connection:
        found = buried_list(connection, WORKSPACE, BuriedFilter(), None, 10)
        assert buried_get(connection, WORKSPACE, found[1].id) == found[1]
        assert buried_get(connection, WorkspaceId(2), found[1].id) is None
