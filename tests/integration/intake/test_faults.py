"""The fault campaign of `posthus bench intake --faults` with fewer events, and whether its reckoning would notice."""

import pytest

from bench.faults_reckoning import wrongs
from bench.intake_faults import Plan, campaign
from posthus.database.pool import Database

SHORT = Plan(
    events=4_000,
    sources=12,
    senders=24,
    blows=(
        "kill an intake",
        "kill a worker",
        "cut the database's connections",
        "kill a backend",
        "freeze Postgres",
        "stop Postgres",
        "kill an intake",
        "kill Postgres",
        "kill a worker",
    ),
    late_blows=("kill a worker", "kill a backend"),
    disk_megabytes=8,
    outage_seconds=4.0,
    freeze_seconds=1.5,
    patience=240.0,
)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_whatever_was_answered_is_filed_exactly_once_and_in_order() -> None:
    report = campaign(SHORT)
    assert report.wrong == []
    assert report.figures["events"] == SHORT.events
    assert {name for name, times in report.blows.items() if times} == {
        "intakes killed",
        "workers killed",
        "Postgres backends killed",
        "database connections cut",
        "Postgres frozen",
        "Postgres killed",
        "Postgres stopped",
        "disks filled",
    }
    assert report.said["spooled"] > 0
    for happened in (
        "told to come again (503, 429)",
        "repetitions",
        "connections cut unanswered",
        "answers lost",
    ):
        assert report.figures[happened], happened


def test_the_reckoning_notices_what_is_lost_and_what_is_not_filed(
    database_url: str, database: Database
) -> None:
    with database.transaction() as connection:
        connection.execute(
            "create table public.effect (place bigint, stage text, subject uuid, transaction xid8)"
        )
        connection.execute(
            "insert into posthus.event (id, workspace_id, source_id, kind, codec, size, digest, body)"
            " select gen_random_uuid(), 1, 1, 'webhook', 0, 16, sha256(n::text::bytea), convert_to('Parcel number ' || n, 'UTF8')"
            " from unnest(array[1, 2, 2]) n"
        )
    found = wrongs(database_url, {1: {""}, 2: {""}, 3: {""}})
    assert found[0].startswith("1 answered deliveries are lost, such as [3]")
    assert found[1].startswith("1 deliveries are stored more than once, such as [2]")
    assert len(found) > 3


def test_the_reckoning_notices_effects_out_of_order(database_url: str, database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(
            "create table public.effect (place bigint, stage text, subject uuid, transaction xid8)"
        )
        connection.execute(
            "with put as (insert into posthus.log (topic, part, workspace_id, source_id, subject)"
            " select 'filed', 1, 1, 1, gen_random_uuid() from generate_series(1, 4) returning id, subject)"
            " insert into public.effect select (array[1, 3, 2, 4])[row_number() over (order by id)], 'link', subject,"
            " ((array[1, 1, 2, 3])[row_number() over (order by id)])::text::xid8 from put"
        )
    assert "1 messages were linked out of order" in wrongs(database_url, {})
