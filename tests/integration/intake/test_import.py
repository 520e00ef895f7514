"""Importing: everything once, whatever stops it in the middle."""

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from posthus.database.pool import Database
from posthus.intake.importer import ImportResult, Progress, import_paths, mail_key
from posthus.intake.mailboxes import MailboxError
from posthus.intake.sources import NewSource, Source
from posthus.jobs import WorkspaceId

MakeSource = Callable[[NewSource], Source]
FROM = b"From someone@example.com Mon Jan  5 10:11:12 2026\n"


def mail(number: int) -> bytes:
    return (
        b"Message-ID: <%d@example.com>\nSubject: Hej\n\n" % number
        + b"Brevets tekst. " * (number % 90)
        + b"\n"
    )


def write_mbox(path: Path, messages: int) -> None:
    path.write_bytes(b"".join(FROM + mail(number) + b"\n" for number in range(messages)))


@pytest.fixture
def archive(make_source: MakeSource, workspace_id: WorkspaceId) -> Source:
    return make_source(NewSource(workspace_id, "import", "Gammel post"))


def run(database: Database, source: Source, *paths: Path) -> tuple[int, int, int, int]:
    result = import_paths(database, source.id, paths, lambda _: None)
    assert result.seconds > 0
    return result.read, result.new, result.duplicates, result.failed


def test_a_second_import_adds_nothing(
    database: Database, archive: Source, tmp_path: Path, count: Callable[[str], int]
) -> None:
    write_mbox(tmp_path / "box", 450)
    told: list[Progress] = []
    result = import_paths(database, archive.id, [tmp_path / "box"], told.append)
    assert result == ImportResult(450, 450, 0, 0, result.seconds)
    assert [each.read for each in told] == [200, 400, 450]
    assert told[-1].position == told[-1].total == (tmp_path / "box").stat().st_size
    assert run(database, archive, tmp_path / "box") == (450, 0, 450, 0)
    assert count("event") == count("log") == count("seen_mail") == 450


def test_the_same_mail_in_another_form_is_known(
    database: Database, archive: Source, tmp_path: Path, bodies: Callable[[], list[bytes]]
) -> None:
    write_mbox(tmp_path / "box", 3)
    (tmp_path / "folder").mkdir()
    for number in range(4):
        (tmp_path / "folder" / f"{number}.eml").write_bytes(mail(number).replace(b"\n", b"\r\n"))
    assert run(database, archive, tmp_path / "box", tmp_path / "folder") == (7, 4, 3, 0)
    assert sorted(map(mail_key, bodies())) == sorted(mail_key(mail(number)) for number in range(4))


def test_a_mailbox_that_grew_gives_its_new_mail(database: Database, archive: Source, tmp_path: Path) -> None:
    write_mbox(tmp_path / "box", 10)
    assert run(database, archive, tmp_path / "box") == (10, 10, 0, 0)
    write_mbox(tmp_path / "box", 25)
    assert run(database, archive, tmp_path / "box") == (25, 15, 10, 0)


def test_what_cannot_be_read_is_counted_and_keeps_nothing_else_out(
    database: Database, archive: Source, tmp_path: Path, count: Callable[[str], int]
) -> None:
    for number in range(5):
        (tmp_path / f"{number}.eml").write_bytes(mail(number))
    (tmp_path / "5.eml").write_bytes(b"")
    (tmp_path / "6.eml").symlink_to(tmp_path / "gone.eml")
    (tmp_path / "7.eml").write_bytes(b"\x00\xff\x00 not a mail at all")
    assert run(database, archive, tmp_path) == (8, 6, 0, 2)
    assert count("event") == 6


def test_nothing_is_read_when_one_path_holds_no_mail(
    database: Database, archive: Source, tmp_path: Path, count: Callable[[str], int]
) -> None:
    write_mbox(tmp_path / "box", 2)
    with pytest.raises(MailboxError, match="does not exist"):
        run(database, archive, tmp_path / "box", tmp_path / "absent")
    assert count("event") == 0


@pytest.mark.parametrize("form", ["mbox", "folder"])
def test_killed_in_the_middle_and_run_again_is_as_if_undisturbed(
    form: str,
    database: Database,
    database_url: str,
    archive: Source,
    tmp_path: Path,
    bodies: Callable[[], list[bytes]],
) -> None:
    path = tmp_path / form
    kills, chance = int(os.environ.get("POSTHUS_KILLS", "3")), random.Random(3)
    messages = 700 * kills
    if form == "mbox":
        write_mbox(path, messages)
    else:
        path.mkdir()
        for number in range(messages):
            (path / f"{number:05}.eml").write_bytes(mail(number))
    command = [sys.executable, "-m", "tests.integration.intake.import_once"]
    positions = []
    for _ in range(kills):
        batches = chance.choice((0, 1, 1, 2, 3))
        with subprocess.Popen(
            [*command, database_url, str(archive.id), str(path)], stdout=subprocess.PIPE, text=True
        ) as running:
            assert running.stdout is not None
            positions += [int(running.stdout.readline()) for _ in range(batches)]
            running.kill()
    assert positions == sorted(positions)
    read, new, duplicates, failed = run(database, archive, path)
    assert (duplicates, failed) == (0, 0)
    assert 0 < new == read < messages
    assert sorted(map(mail_key, bodies())) == sorted(mail_key(mail(number)) for number in range(messages))


@pytest.mark.slow  # what it kills keeps its locks for a while behind a pooler
def test_killed_inside_a_transaction_loses_nothing(
    database: Database,
    database_url: str,
    archive: Source,
    tmp_path: Path,
    count: Callable[[str], int],
    wait_until: Callable[[Callable[[], bool]], None],
) -> None:
    write_mbox(tmp_path / "box", 450)
    command = [sys.executable, "-m", "tests.integration.intake.import_once"]
    with psycopg.connect(database_url) as blocker, psycopg.connect(database_url, autocommit=True) as watcher:
        blocker.execute("lock table posthus.event in share mode")

        def blocked() -> bool:
            return watcher.execute("select 1 from pg_locks where not granted").fetchone() is not None

        with subprocess.Popen([*command, database_url, str(archive.id), str(tmp_path / "box")]) as running:
            wait_until(blocked)
            running.kill()
    assert run(database, archive, tmp_path / "box") == (450, 450, 0, 0)
    assert count("event") == 450


def test_real_mail_is_imported_whole(
    database: Database, archive: Source, shared_data: Path, count: Callable[[str], int]
) -> None:
    result = import_paths(
        database, archive.id, [shared_data / "mail/lists/usrp-users-2020H1.mbox"], lambda _: None
    )
    assert (result.read, result.new + result.duplicates, result.failed) == (872, 872, 0)
    assert count("event") == result.new


def test_hostile_mail_is_kept_not_judged(database: Database, archive: Source, shared_data: Path) -> None:
    folder = shared_data / "mail/torture/synthetic"
    result = import_paths(database, archive.id, [folder], lambda _: None)
    assert result.read == len(list(folder.glob("*.eml")))
    assert result.new + result.duplicates + result.failed == result.read
    assert result.failed == sum(path.stat().st_size == 0 for path in folder.glob("*.eml"))
