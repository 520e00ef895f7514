"""Three hundred real mails, imported and indexed while importer and workers are killed: as if nothing had happened."""

import os
import shutil
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from posthus.app.connect import DATABASE
from posthus.app.stages import make_stages
from posthus.conversations.export import export_messages
from posthus.database.embedded import EmbeddedPostgres
from posthus.database.pool import Database
from posthus.intake.importer import import_paths
from posthus.intake.sources import NewSource, add_source
from posthus.jobs import WorkspaceId
from posthus.queue.worker import drain
from tests.running import ROOT, Running, running, wait_for

MAILS = 300
SOURCE = "Gammel post"
Conversations = list[list[str]]


@pytest.fixture
def mails(shared_data: Path, tmp_path: Path) -> Path:
    """The shortest mails of a real list: the model reads two thousand characters a second at most."""
    folder = tmp_path / "mails"
    folder.mkdir()
    every = [path for path in (shared_data / "mail/lists/easy-ham-1").iterdir() if path.is_file()]
    for path in sorted(every, key=lambda path: (path.stat().st_size, path.name))[:MAILS]:
        shutil.copy(path, folder / path.name)
    return folder


def grouped(lines: Iterable[tuple[object, object]]) -> Conversations:
    """Message-IDs by conversation, whatever its number."""
    found: dict[object, list[str]] = defaultdict(list)
    for conversation, message_id in lines:
        found[conversation].append(str(message_id))
    return sorted(sorted(ids) for ids in found.values())


def undisturbed(database: Database, mails: Path) -> Conversations:
    """What the same mails become in one thread that nobody kills."""
    with database.transaction() as connection:
        made = connection.execute(
            "insert into posthus.workspace (name) values ('Ro') returning id"
        ).fetchone()
        workspace_id = WorkspaceId(made[0] if made else 0)
        source_id = add_source(connection, NewSource(workspace_id, "import", SOURCE)).id
    import_paths(database, source_id, [mails], lambda _: None)
    drain(database, [stage for stage in make_stages(None) if stage.name in ("file", "link")])
    with database.transaction() as connection:
        lines = list(export_messages(connection, workspace_id))
    return grouped((line["conversation"], line["message_id"]) for line in lines)


def count(product: Running, query: bytes) -> int:
    with psycopg.connect(EmbeddedPostgres(product.data / "postgres").url(DATABASE)) as connection:
        found = connection.execute(query).fetchone()
    return int(found[0]) if found else 0


def kill_workers(product: Running) -> None:
    """With everything below them, the model's process too."""
    workers = [one for one in psutil.Process(product.process.pid).children() if "worker" in command(one)]
    assert workers
    for worker in workers:
        for process in [*worker.children(recursive=True), worker]:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)


def command(process: psutil.Process) -> list[str]:
    """Its command line; nothing of one that has ended and is not yet replaced."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def start_import(product: Running, mails: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "posthus", "import", str(mails), "--source", SOURCE]
    environment = {**os.environ, "POSTHUS_DATA": str(product.data)}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_whatever_is_killed_in_the_middle_the_end_is_the_same(
    database: Database, mails: Path, scratch: Path
) -> None:
    expected = undisturbed(database, mails)
    with running(scratch / "whole") as product:
        importing = start_import(product, mails)
        wait_for(lambda: count(product, b"select count(*) from posthus.event") > 0)
        importing.kill()
        importing.wait()
        kill_workers(product)
        assert start_import(product, mails).wait(300) == 0
        wait_for(lambda: count(product, b"select count(*) from posthus.message") > 50)
        kill_workers(product)
        wait_for(lambda: count(product, b"select count(*) from posthus.message_indexed") > 10, 300)
        kill_workers(product)
        waited = product.command("wait", "--timeout", "280")
        assert waited.returncode == 0, waited.stderr
        again = product.lines("import", str(mails), "--source", SOURCE, "--json")[-1]
        assert again["new"] == 0
        status = product.lines("status", "--json")[0]
        assert status["complete"] is True
        (source,) = (one for one in status["sources"] if one["name"] == SOURCE)  # type: ignore[attr-defined]
        assert {source[name] for name in ("received", "stored", "filed", "messages", "indexed")} == {MAILS}
        assert source["buried"] == 0
        exported = product.lines("export", "messages")
    assert grouped((line["conversation"], line["message_id"]) for line in exported) == expected
