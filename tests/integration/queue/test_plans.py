"""The queue's hot queries touch what they return, not what waits: shown by their plans over tens of thousands of rows."""

from collections.abc import Iterator, Mapping

import pytest

from posthus.database.pool import Database, Parameters
from posthus.queue.failing import SQL
from posthus.queue.lanes import Round
from posthus.queue.log import put, put_again
from posthus.queue.short import ensure_cursors
from posthus.queue.stages import Stage
from posthus.queue.worker import drain
from tests.integration.queue import ledger
from tests.integration.queue.ledger import STAGES

WAITING = 40_000
Node = Mapping[str, object]


@pytest.fixture(params=["never analysed", "analysed while empty", "analysed while full"])
def backlog(request: pytest.FixtureRequest, database: Database) -> Database:
    """A log in which 40,000 events wait, as a planner knows it that knows nothing, too little, or all."""
    ledger.prepare(database)
    ensure_cursors(database, STAGES[0])
    if request.param == "analysed while empty":
        analyse(database)
    for _ in range(WAITING // 2000):
        with database.transaction() as connection:
            put(connection, [ledger.event(lane="bulk") for _ in range(1000)])
            put(connection, [ledger.event() for _ in range(1000)])
    if request.param == "analysed while full":
        analyse(database)
    return database


def analyse(database: Database) -> None:
    with database.autocommit() as connection:
        for table in ("log", "cursor", "retry"):
            connection.execute(f"analyze posthus.{table}".encode())


def nodes(plan: Node) -> Iterator[Node]:
    below = plan.get("Plans", [])
    assert isinstance(below, list)
    yield plan
    for one in below:
        yield from nodes(one)


def plan_of(database: Database, query: str, parameters: Parameters) -> Node:
    with database.transaction() as connection:
        found = connection.execute(
            b"explain (analyze, buffers, format json) " + SQL[query], parameters
        ).fetchone()
        connection.rollback()
    assert found is not None
    plan: Node = found[0][0]["Plan"]
    return plan


def touched(plan: Node) -> float:
    """Rows that the plan's nodes read or threw away, all loops together."""
    total = 0.0
    for node in nodes(plan):
        if "Scan" not in str(node["Node Type"]) or node["Node Type"] == "Function Scan":
            continue
        rows = sum(float(str(node.get(name, 0))) for name in ("Actual Rows", "Rows Removed by Filter"))
        total += rows * float(str(node["Actual Loops"]))
    return total


def pages(plan: Node) -> int:
    return int(str(plan["Shared Hit Blocks"])) + int(str(plan["Shared Read Blocks"]))


def test_taking_a_part_with_work_reads_one_row_of_it(backlog: Database) -> None:
    plan = plan_of(backlog, "take_cursor", {"stage": "file", "parts": list(Round(4).next())})
    assert plan["Actual Rows"] == 1
    assert touched(plan) <= 8
    assert pages(plan) <= 60


def test_looking_for_work_where_none_is_costs_a_probe_per_part(backlog: Database) -> None:
    drain(backlog, [Stage("file", STAGES[0].job, lambda *_: None, batch=500)])
    plan = plan_of(backlog, "take_cursor", {"stage": "file", "parts": list(Round(4).next())})
    assert plan["Actual Rows"] == 0
    assert touched(plan) <= 160 * 4


# Without the state in which an ANALYZE of the empty log misleads the planner until autovacuum has looked again.
@pytest.mark.parametrize("backlog", ["never analysed", "analysed while full"], indirect=True)
def test_reading_a_batch_reads_no_more_than_the_batch(backlog: Database) -> None:
    keys = {"topic": "received", "part": 3, "position": 20_000, "batch": 50}
    plan = plan_of(backlog, "read_batch", keys)
    assert plan["Actual Rows"] == 50
    assert touched(plan) <= 50 * 3
    assert pages(plan) <= 50 + 60


@pytest.mark.parametrize("bulk", [False, True])
def test_finding_a_due_retry_reads_one_row_whatever_else_failed(database: Database, *, bulk: bool) -> None:
    with database.transaction() as connection:
        connection.execute(
            "insert into posthus.retry (stage, topic, part, workspace_id, source_id, subject, run_at)"
            " select 'file', 'received', n % 160, 1, 1, gen_random_uuid(), now() + (n % 3 - 1) * interval '1 hour'"
            " from generate_series(1, 40000) as n"
        )
    plan = plan_of(database, "take_due", {"stage": "file", "bulk": bulk})
    assert plan["Actual Rows"] == 1
    assert touched(plan) <= 4


def test_what_is_done_again_is_in_nobody_elses_way(backlog: Database) -> None:
    with backlog.transaction() as connection:
        put_again(connection, "file", [ledger.event() for _ in range(1000)])
    plan = plan_of(backlog, "take_cursor", {"stage": "file", "parts": list(Round(4).next())})
    assert touched(plan) <= 8
