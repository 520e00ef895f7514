"""Groups are committed without waiting for the disk; nobody is told yes before a sync has covered them."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posthus.database.embedded import EmbeddedPostgres
from posthus.database.pool import Database, number
from posthus.intake.connection import DatabaseAwayError, OwnConnection
from posthus.intake.group_commit import Bounds, GroupCommit
from posthus.intake.inbox import NewEvent, kept, receive, receive_soon
from posthus.intake.sources import NewSource, Source
from posthus.intake.spool import Spooling, SpoolLimits
from posthus.jobs import Lane, SourceId, WorkspaceId
from posthus.telemetry import Meter
from tests.running import wait_for

MakeSource = Callable[[NewSource], Source]
Count = Callable[[str], int]
HERE = b"select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"
ON_DISK = b"select pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint"


@pytest.fixture
def shop(make_source: MakeSource, workspace_id: WorkspaceId) -> Source:
    return make_source(NewSource(workspace_id, "webhook", "Shop", signed=False))


def event(source: Source, body: bytes) -> NewEvent:
    return NewEvent(source.workspace_id, source.id, "webhook", body)


def live(_: SourceId) -> Lane:
    return "live"


def test_a_group_is_kept_once_it_is_there_and_its_sync_reaches_all_before_it(
    database: Database, shop: Source
) -> None:
    stored, lost = event(shop, b"stored"), event(shop, b"lost in a crash")
    with database.autocommit() as connection:
        assert not receive_soon(connection, [stored], live)[0].duplicate
        written = number(connection, HERE, {})
        assert kept(connection, [lost, stored]) == [False, True]
        assert number(connection, ON_DISK, {}) >= written
        waits = connection.execute("show synchronous_commit").fetchone()
    assert waits == ("on",), "only the group itself does not wait"


def test_who_repeats_what_is_not_on_the_disk_waits_for_it(database: Database, shop: Source) -> None:
    first = event(shop, b"once")
    with database.autocommit() as connection:
        for _ in range(20):  # Postgres writes behind by itself: one of these comes before it
            receive_soon(connection, [event(shop, b"more"), first], live)
            written = number(connection, HERE, {})
            assert receive(connection, [event(shop, b"once")])[0].event_id == first.event_id
            assert number(connection, ON_DISK, {}) >= written


def test_what_cannot_be_synced_is_not_said_to_be_stored(database_url: str, shop: Source) -> None:
    async def main() -> None:
        commit = GroupCommit(OwnConnection(database_url, name="test"))
        commit.start()
        commit.syncing.url = "postgresql://nobody@/nothing?host=/nowhere"
        with pytest.raises(DatabaseAwayError):
            await commit.submit(event(shop, b"1"))
        await commit.close()

    asyncio.run(main())


def test_what_cannot_be_synced_goes_to_the_spool_and_is_one_event(
    database_url: str, shop: Source, count: Count, tmp_path: Path
) -> None:
    spooling = Spooling(SpoolLimits(tmp_path / "spool", 100_000_000, 0), Meter())

    async def main() -> None:
        commit = GroupCommit(OwnConnection(database_url, name="test"), None, spooling)
        commit.start()
        commit.syncing.url = "postgresql://nobody@/nothing?host=/nowhere"
        sent = [event(shop, b"%d" % each) for each in range(5)]
        answers = await asyncio.gather(*(commit.submit(each) for each in sent))
        assert [each.event_id for each in answers] == [each.event_id for each in sent]
        await asyncio.to_thread(wait_for, lambda: not commit.waiting_in_spool().events)
        await commit.close()

    asyncio.run(main())
    assert spooling.meter.take()["spool.appended"] == 5
    assert (count("event"), count("log")) == (5, 5)


def test_a_crash_before_the_sync_costs_nothing(database_url: str, shop: Source, count: Count) -> None:
    async def main() -> list[str]:
        commit = GroupCommit(OwnConnection(database_url, name="test"))
        commit.start()
        try:
            with psycopg.connect(database_url, autocommit=True) as other:
                other.execute("create table public.once as select 1 as n")
                other.execute(FORGETS)
            outcomes = await asyncio.gather(commit.submit(event(shop, b"1")), return_exceptions=True)
            again = await commit.submit(event(shop, b"2"))
        finally:
            await commit.close()
        return [type(each).__name__ for each in (*outcomes, again)]

    assert asyncio.run(main()) == ["DatabaseAwayError", "Received"]
    assert count("dedupe") == 1, "what the crash took is not there, and nobody was told that it is"


def test_a_repetition_does_not_speak_for_what_a_crash_took(
    database_url: str, shop: Source, count: Count
) -> None:
    async def main() -> list[str]:
        commit = GroupCommit(OwnConnection(database_url, name="test"))
        commit.start()
        try:
            await commit.submit(event(shop, b"old"))
            with psycopg.connect(database_url, autocommit=True) as other:
                other.execute("create table public.once as select 1 as n")
                other.execute(FORGETS)
            together = [commit.submit(event(shop, body)) for body in (b"old", b"new", b"old")]
            outcomes = await asyncio.gather(*together, return_exceptions=True)
        finally:
            await commit.close()
        return [type(each).__name__ for each in outcomes]

    assert asyncio.run(main()) == ["Received", "DatabaseAwayError", "Received"]
    assert count("event") == 1


# Once, what was stored is gone again by the time its transaction ends: what a crash does to a commit that did not wait.
FORGETS = """
create function public.forget() returns trigger language plpgsql as $$
begin
  delete from public.once;
  if found then
    delete from posthus.log where subject = new.id;
    delete from posthus.event where id = new.id;
    delete from posthus.dedupe where event_id = new.id;
  end if;
  return null;
end $$;
create constraint trigger forget after insert on posthus.event deferrable initially deferred
for each row execute function public.forget();
"""


def test_a_sync_that_hangs_is_not_waited_for_and_forgotten_when_it_goes_on(
    postgres: EmbeddedPostgres, database_url: str, shop: Source
) -> None:
    with psycopg.connect(database_url) as asked:
        name = str(asked.info.dbname)

    async def main() -> None:
        commit = GroupCommit(OwnConnection(postgres.url(name), name="test"), Bounds(patience=0.5))
        commit.start()
        async with asyncio.timeout(60):
            await stored(commit, event(shop, b"first"))
            with psycopg.connect(postgres.url(name)) as other:
                found = "select pid from pg_stat_activity where application_name = 'test sync'"
                ((pid,),) = other.execute(found).fetchall()
            os.kill(pid, signal.SIGSTOP)
            try:
                with pytest.raises(DatabaseAwayError):
                    await commit.submit(event(shop, b"second"))
            finally:
                os.kill(pid, signal.SIGCONT)
            await stored(commit, event(shop, b"third"))
            await commit.close()

    asyncio.run(main())


async def stored(commit: GroupCommit, wanted: NewEvent) -> None:
    """Send it until it is taken."""
    while True:
        try:
            await commit.submit(wanted)
            return
        except DatabaseAwayError:
            await asyncio.sleep(0.01)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(senders=st.integers(1, 40), overlap=st.sampled_from([1, 3, 32]), largest=st.sampled_from([1, 7, 500]))
def test_nobody_waits_for_ever_behind_a_small_group(
    database_url: str, shop: Source, senders: int, overlap: int, largest: int
) -> None:
    async def main() -> None:
        bounds = Bounds(overlap=overlap, flush_events=largest)
        commit = GroupCommit(OwnConnection(database_url, name="test"), bounds)
        commit.start()

        async def one(sender: int) -> None:
            for each in range(4):
                await commit.submit(event(shop, b"%d %d" % (sender, each)))

        async with asyncio.timeout(60):
            await asyncio.gather(*map(one, range(senders)))
            await commit.close()
        assert commit.waiting == 0

    asyncio.run(main())
