"""`posthus wait` returns when nothing is left to be filed, wherever it still lies."""

import asyncio
from pathlib import Path

from click.testing import CliRunner

from posthus.api.members import ensure_workspace
from posthus.app.cli import posthus
from posthus.database.pool import Database
from posthus.intake.connection import OwnConnection
from posthus.intake.group_commit import Bounds, GroupCommit
from posthus.intake.inbox import NewEvent
from posthus.intake.sources import NewSource, add_source
from posthus.intake.spool import Spooling, SpoolLimits
from posthus.telemetry import Meter

AWAY = "postgresql://127.0.0.1:1/x"


def wait(database_url: str, data: Path) -> int:
    environment = {"POSTHUS_DATABASE_URL": database_url, "POSTHUS_DATA": str(data)}
    return (
        CliRunner().invoke(posthus, ["wait", "--stage", "filed", "--timeout", "0"], env=environment).exit_code
    )


async def spool(event: NewEvent, data: Path) -> None:
    kept = Spooling(SpoolLimits(data / "spool", 100_000_000, 0), Meter())
    commit = GroupCommit(OwnConnection(AWAY, name="test"), Bounds(), kept)
    commit.start()
    await commit.submit(event)
    await commit.close()


def test_what_the_spool_holds_is_pending(database: Database, database_url: str, tmp_path: Path) -> None:
    with database.transaction() as connection:
        workspace, _ = ensure_workspace(connection, "Tagfirmaet", ["example.dk"])
        source = add_source(connection, NewSource(workspace, "webhook", "Shop", signed=False))
    assert wait(database_url, tmp_path) == 0
    asyncio.run(spool(NewEvent(workspace, source.id, "webhook", b"1"), tmp_path))
    assert wait(database_url, tmp_path) == 1
