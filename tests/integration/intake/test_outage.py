"""While Postgres is away, what arrives is accepted, survives a crash, and is stored exactly once afterwards."""

import asyncio
import smtplib
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from posthus.database.pool import Database
from posthus.intake.connection import DatabaseAwayError, OwnConnection
from posthus.intake.group_commit import Bounds, GroupCommit
from posthus.intake.inbox import NewEvent, Received, receive
from posthus.intake.source_copy import SOURCES
from posthus.intake.sources import NewSource, Source
from posthus.intake.spool import SEGMENTS, SET_ASIDE, Spooling, SpoolLimits
from posthus.intake.spool_drain import events_of, survey
from posthus.jobs import WorkspaceId
from posthus.telemetry import Meter
from tests.integration.intake.intake_process import MAIL, Intake, Place, place, start_intake
from tests.running import wait_for

MakeSource = Callable[[NewSource], Source]
Count = Callable[[str], int]


def spooling(root: Path, largest: int = 100_000_000) -> Spooling:
    return Spooling(SpoolLimits(root / "spool", largest, 0), Meter())


def event(source: Source, number: int) -> NewEvent:
    return NewEvent(source.workspace_id, source.id, "webhook", b"%d" % number)


@pytest.fixture
def shop(make_source: MakeSource, workspace_id: WorkspaceId) -> Source:
    return make_source(NewSource(workspace_id, "webhook", "Shop"))


@pytest.mark.slow
def test_an_outage_with_crashes_loses_nothing_and_doubles_nothing(scratch: Path) -> None:
    data = scratch / "outage"
    with place(scratch / "outage-postgres") as here:
        first = start_intake(here.url, data)
        assert first.ready() == 200
        sent = [b"before"]
        assert first.post(here.webhook, b"before") == 202
        wait_for((data / "spool" / SOURCES).exists)
        here.server.stop()
        sent += _send(first, here, range(20))
        first.kill()

        second = start_intake(here.url, data)
        assert second.ready() == 200, "it spools, so it is ready"
        sent += _send(second, here, range(10, 40))
        assert second.post(here.webhook, b"before") == 202
        stranger = second.client.post("/in/" + "x" * 32, content=b"1")
        assert (stranger.status_code, stranger.headers["retry-after"]) == (503, "5")
        with (
            smtplib.SMTP("127.0.0.1", second.smtp) as smtp,
            pytest.raises(smtplib.SMTPRecipientsRefused) as no,
        ):
            smtp.sendmail("bo@example.com", ["nobody@example.com"], b"x")
        assert no.value.recipients["nobody@example.com"][0] == 451
        second.stop()
        assert survey(data / "spool")[0].size > 0

        here.server.start()
        third = start_intake(here.url, data)
        wait_for(lambda: not list((data / "spool").glob(f"*/{SEGMENTS}")))
        assert here.stored() == sorted(set(sent))
        assert _send(third, here, range(38, 42))
        assert here.stored() == sorted({*sent, b"40", b"41", MAIL % 40, MAIL % 41})
        third.stop()
        assert [each.name for each in (data / "spool").iterdir()] == [SOURCES], "nothing is left behind"


def _send(intake: Intake, here: Place, numbers: range) -> list[bytes]:
    sent = []
    for number in numbers:
        assert intake.post(here.webhook, b"%d" % number) == 202
        sent.append(b"%d" % number)
        if number % 10 == 0 or number > 39:
            intake.mail(MAIL % number)
            sent.append(MAIL % number)
    return sent


def test_a_commit_whose_answer_was_lost_is_not_stored_twice(
    database_url: str, database: Database, shop: Source, tmp_path: Path, count: Count
) -> None:
    """The database hangs in the middle of a commit, the spool takes the event, and then both arrive."""

    async def main() -> list[Received]:
        bounds = Bounds(spool_after=0.2)
        commit = GroupCommit(OwnConnection(database_url, name="test"), bounds, spooling(tmp_path))
        commit.start()
        with psycopg.connect(database_url) as blocker:
            blocker.execute("lock table posthus.event in access exclusive mode")
            received = await asyncio.gather(*(commit.submit(event(shop, each)) for each in range(30)))
            received += await asyncio.gather(*(commit.submit(event(shop, each)) for each in range(20, 40)))
            assert commit.waiting_in_spool().events > 0
        async with asyncio.timeout(30):
            while commit.waiting_in_spool().events or commit.spooling:
                await asyncio.sleep(0.02)
        received.append(await commit.submit(event(shop, 40)))
        await commit.close()
        return received

    received = asyncio.run(main())
    assert len(received) == 51
    assert count("event") == count("log") == 41
    with database.transaction() as connection:
        found = connection.execute("select id from posthus.event").fetchall()
    assert {each for (each,) in found} <= {each.event_id for each in received}


def test_one_event_is_one_row_however_often_it_is_received(
    database: Database, shop: Source, count: Count
) -> None:
    events = [event(shop, each) for each in range(5)]
    for _ in range(3):
        with database.transaction() as connection:
            received = receive(connection, [*events, events[0]])
        assert [each.event_id for each in received] == [each.event_id for each in (*events, events[0])]
    with database.transaction() as connection:
        connection.execute("delete from posthus.dedupe")  # its days are over, the event's are not
        receive(connection, events)
    assert count("event") == count("log") == 5


def test_what_the_database_never_takes_is_kept_for_a_person_and_the_rest_is_stored(
    database_url: str, shop: Source, tmp_path: Path, count: Count
) -> None:
    async def main() -> None:
        kept = spooling(tmp_path)
        commit = GroupCommit(OwnConnection("postgresql://127.0.0.1:1/x", name="test"), Bounds(), kept)
        commit.start()
        await asyncio.gather(*(commit.submit(event(shop, each)) for each in range(20)))
        await commit.submit(NewEvent(WorkspaceId(2**70), shop.id, "webhook", b"poison"))
        await commit.close()
        again = GroupCommit(OwnConnection(database_url, name="test"), Bounds(), kept)
        again.start()
        async with asyncio.timeout(30):
            while list((tmp_path / "spool").glob(f"[0-9]*/{SEGMENTS}")):
                await asyncio.sleep(0.02)
        await again.close()

    asyncio.run(main())
    assert count("event") == 20
    (left,) = (tmp_path / "spool" / SET_ASIDE).glob(SEGMENTS)
    assert [each.body for each in events_of(left)] == [b"poison"]
    assert survey(tmp_path / "spool")[1] > 0


def test_a_damaged_segment_is_stored_as_far_as_it_goes_and_kept(
    database_url: str, shop: Source, tmp_path: Path, count: Count
) -> None:
    async def spool() -> None:
        away = OwnConnection("postgresql://127.0.0.1:1/x", name="test")
        commit = GroupCommit(away, Bounds(), spooling(tmp_path))
        commit.start()
        await asyncio.gather(*(commit.submit(event(shop, each)) for each in range(20)))
        await commit.close()

    async def drain() -> None:
        commit = GroupCommit(OwnConnection(database_url, name="test"), Bounds(), spooling(tmp_path))
        commit.start()
        async with asyncio.timeout(30):
            while not list((tmp_path / "spool" / SET_ASIDE).glob(SEGMENTS)):
                await asyncio.sleep(0.02)
        await commit.close()

    asyncio.run(spool())
    (path,) = (tmp_path / "spool").glob(f"*/{SEGMENTS}")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content) + b"torn")
    asyncio.run(drain())
    assert count("event") == 19


def test_a_full_spool_refuses_and_says_when_to_come_again(shop: Source, tmp_path: Path) -> None:
    async def main() -> None:
        away = OwnConnection("postgresql://127.0.0.1:1/x", name="test")
        commit = GroupCommit(away, Bounds(), spooling(tmp_path, largest=5_000))
        commit.start()
        outcomes: list[object] = []
        for each in range(40):
            outcomes += await asyncio.gather(commit.submit(event(shop, each)), return_exceptions=True)
        taken = sum(isinstance(each, Received) for each in outcomes)
        assert 0 < taken < 40
        assert all(isinstance(each, DatabaseAwayError) for each in outcomes[taken:])
        assert commit.waiting_in_spool().events == taken
        assert commit.waiting_in_spool().size <= 5_000
        await commit.close()

    asyncio.run(main())
