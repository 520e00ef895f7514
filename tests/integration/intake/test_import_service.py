"""What was sent in from a browser is read by any worker: once, whatever stops it, and nothing keeps out the next."""

import io
import random
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from posthus.database.pool import Database
from posthus.intake import imports
from posthus.intake.import_hold import ImportStoppedError
from posthus.intake.import_service import MOST_ATTEMPTS, ImportService
from posthus.intake.importer import Progress, import_paths, mail_key
from posthus.intake.imports import ImportId, MailImport
from posthus.intake.sources import NewSource, Source
from posthus.intake.uploads import NewUpload, UploadPiece, add_piece, begin_upload
from posthus.jobs import WorkspaceId
from tests.integration.intake.conftest import MakeSource
from tests.integration.intake.test_import import FROM, mail, write_mbox

Wait = Callable[[Callable[[], bool]], None]
GOING = threading.Event()  # nobody asks to stop


@pytest.fixture
def archive(make_source: MakeSource, workspace_id: WorkspaceId) -> Source:
    return make_source(NewSource(workspace_id, "import", "Gammel post"))


def send(database: Database, source: Source, name: str, body: bytes, size: int = 30_000) -> ImportId:
    """A whole file, by pieces."""
    with database.transaction() as connection:
        new = NewUpload(source.workspace_id, source.id, name, len(body), "")
        number, _ = begin_upload(connection, new, 10**9)
    for start in range(0, len(body), size):
        with database.transaction() as connection:
            add_piece(connection, source.workspace_id, number, UploadPiece(start, body[start : start + size]))
    return number


def shown(database: Database, source: Source, number: ImportId) -> MailImport:
    with database.transaction() as connection:
        found = imports.find_import(connection, source.workspace_id, number)
    assert found is not None
    return found


def listed(database: Database, source: Source) -> list[MailImport]:
    with database.transaction() as connection:
        return imports.list_imports(connection, source.workspace_id, None, 50)


def counts(found: MailImport) -> tuple[str, int, int, int, int]:
    return found.state, found.read, found.new, found.duplicates, found.failed


def box(messages: int) -> bytes:
    return b"".join(FROM + mail(number) + b"\n" for number in range(messages))


def zipped(files: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return written.getvalue()


def drain(service: ImportService) -> None:
    while service.run_once(GOING):
        pass


def test_every_kind_of_file_is_read_and_known_again(
    database: Database, archive: Source, bodies: Callable[[], list[bytes]], count: Callable[[str], int]
) -> None:
    files = {
        "indbakke.mbox": box(450),
        "takeout.zip": zipped({"Takeout/Mail/Alle.mbox": box(460), "Takeout/a.html": b"<html>"}),
        "brev.eml": mail(461),
    }
    numbers = [send(database, archive, name, body) for name, body in files.items()]
    drain(ImportService(database))
    found = [counts(shown(database, archive, number)) for number in numbers]
    assert found == [("done", 450, 450, 0, 0), ("done", 460, 10, 450, 0), ("done", 1, 1, 0, 0)]
    assert sorted(map(mail_key, bodies())) == sorted(mail_key(mail(each)) for each in [*range(460), 461])
    again = send(database, archive, "indbakke.mbox", files["indbakke.mbox"])
    drain(ImportService(database))
    assert counts(shown(database, archive, again)) == ("done", 450, 0, 450, 0)
    assert shown(database, archive, again).reached == len(files["indbakke.mbox"])
    assert count("import_piece") == 0


def test_what_cannot_be_read_is_named_with_its_reason(database: Database, archive: Source) -> None:
    whole = zipped({"ny/1.eml": mail(1), "ny/tom.eml": b"", "ny/2.eml": mail(2)})
    torn = zipped({"a.eml": random.Random(1).randbytes(50_000), "b.eml": mail(3)})
    torn = torn[:20_000] + b"\0" * 500 + torn[20_500:]
    first, second = send(database, archive, "ny.zip", whole), send(database, archive, "revet.zip", torn)
    drain(ImportService(database))
    assert counts(shown(database, archive, first)) == ("done", 3, 2, 0, 1)
    assert counts(shown(database, archive, second)) == ("done", 2, 1, 0, 1)
    with database.transaction() as connection:
        named = [imports.unread_of(connection, archive.workspace_id, number) for number in (first, second)]
    assert [[(one.place, one.reason) for one in unread] for unread in named] == [
        [("ny/tom.eml · 2", "empty")],
        [("a.eml · 1", "broken")],
    ]


def test_a_file_without_mail_fails_alone(database: Database, archive: Source) -> None:
    """Its first piece was too small to tell."""
    picture = send(database, archive, "billede.bin", b"\x89PNG" * 3_000, size=100)
    other = send(database, archive, "indbakke", box(3))
    drain(ImportService(database))
    failed = shown(database, archive, picture)
    assert (failed.state, failed.trouble) == ("failed", "no_mail")
    assert counts(shown(database, archive, other))[:3] == ("done", 3, 3)


def test_readers_that_are_killed_leave_nothing_out_and_count_nothing_twice(
    database: Database,
    database_url: str,
    archive: Source,
    bodies: Callable[[], list[bytes]],
    wait_until: Wait,
) -> None:
    chance, messages = random.Random(7), 2_100
    plain = send(database, archive, "indbakke.mbox", box(messages), size=50_000)
    packed = send(database, archive, "indbakke.zip", zipped({"b.mbox": box(messages + 300)}), size=5_000)
    command = [sys.executable, "-m", "tests.integration.intake.read_uploads", database_url]
    for _ in range(4):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
            assert running.stdout is not None
            for _ in range(chance.choice((1, 2, 3))):
                assert running.stdout.readline()
            running.kill()
    service = ImportService(database, lease=0.5)

    def over() -> bool:
        service.run_once(GOING)
        return all(shown(database, archive, number).state == "done" for number in (plain, packed))

    wait_until(over)
    every = [shown(database, archive, number) for number in (plain, packed)]
    assert sum(one.read for one in every) == 2 * messages + 300
    assert sum(one.new for one in every) == messages + 300
    assert sum(one.duplicates for one in every) == messages
    assert sorted(map(mail_key, bodies())) == sorted(mail_key(mail(each)) for each in range(messages + 300))


def test_a_cancelled_import_stops_and_keeps_what_came_in(
    database: Database, archive: Source, count: Callable[[str], int]
) -> None:
    number = send(database, archive, "indbakke.mbox", box(1_000))

    def cancel(_: Progress) -> None:
        with database.transaction() as connection:
            imports.cancel_import(connection, archive.workspace_id, number)

    drain(ImportService(database, progress=cancel))
    assert counts(shown(database, archive, number)) == ("cancelled", 200, 200, 0, 0)
    assert count("event") == 200
    assert count("import_piece") == 0


def test_a_worker_that_ends_lets_the_next_go_on_at_once(database: Database, archive: Source) -> None:
    number = send(database, archive, "indbakke.mbox", box(600))
    stop = threading.Event()
    ImportService(database, progress=lambda _: stop.set()).run_once(stop)
    halfway = shown(database, archive, number)
    assert counts(halfway) == ("waiting", 200, 200, 0, 0)
    assert 0 < halfway.reached < halfway.size
    drain(ImportService(database))
    assert counts(shown(database, archive, number)) == ("done", 600, 600, 0, 0)


def test_a_file_that_readers_fall_over_is_given_up(database: Database, archive: Source) -> None:
    number = send(database, archive, "indbakke.mbox", box(600))
    other = send(database, archive, "andet.mbox", box(3))
    with database.transaction() as connection:
        connection.execute("delete from posthus.import_piece where import_id = %s and start > 0", (number,))
    for _ in range(MOST_ATTEMPTS + 2):
        ImportService(database).run_once(GOING)
    given_up = shown(database, archive, number)
    assert (given_up.state, given_up.trouble) == ("failed", "gave_up")
    assert counts(shown(database, archive, other))[:2] == ("done", 3)


def test_what_nobody_goes_on_with_is_swept(
    database: Database, archive: Source, count: Callable[[str], int]
) -> None:
    with database.transaction() as connection:
        new = NewUpload(archive.workspace_id, archive.id, "halv.mbox", 9_000, "")
        number, _ = begin_upload(connection, new, 10**9)
        add_piece(connection, archive.workspace_id, number, UploadPiece(0, box(20)[:5_000]))
    drain(ImportService(database))
    assert shown(database, archive, number).state == "uploading"
    with database.transaction() as connection:
        connection.execute("update posthus.mail_import set touched_at = now() - interval '8 days'")
    drain(ImportService(database))
    swept = shown(database, archive, number)
    assert (swept.state, swept.trouble) == ("cancelled", "abandoned")
    assert count("import_piece") == 0


def test_imports_of_the_command_line_are_listed_and_go_on_when_they_are_given_again(
    database: Database, database_url: str, archive: Source, tmp_path: Path
) -> None:
    write_mbox(tmp_path / "box", 900)
    command = [sys.executable, "-m", "tests.integration.intake.import_once"]
    with subprocess.Popen(
        [*command, database_url, str(archive.id), str(tmp_path / "box")], stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        running.stdout.readline()
        running.kill()
    (broken,) = listed(database, archive)
    assert (broken.way, broken.name, broken.state) == ("command", "box", "running")
    assert 200 <= broken.read < 900
    assert broken.size == (tmp_path / "box").stat().st_size
    with database.transaction() as connection:
        connection.execute("update posthus.mail_import set leased_until = now()")
    drain(ImportService(database))
    assert shown(database, archive, broken.id).state == "interrupted"
    result = import_paths(database, archive.id, [tmp_path / "box"], lambda _: None)
    assert result.read == 900 - broken.read
    (whole,) = listed(database, archive)
    assert counts(whole) == ("done", 900, 900, 0, 0)
    assert whole.reached == whole.size


def test_a_command_that_is_cancelled_on_screen_ends(
    database: Database, archive: Source, tmp_path: Path, count: Callable[[str], int]
) -> None:
    write_mbox(tmp_path / "box", 900)

    def cancel(_: Progress) -> None:
        with database.transaction() as connection:
            (running,) = imports.list_imports(connection, archive.workspace_id, None, 5)
            imports.cancel_import(connection, archive.workspace_id, running.id)

    with pytest.raises(ImportStoppedError):
        import_paths(database, archive.id, [tmp_path / "box"], cancel)
    assert counts(listed(database, archive)[0]) == ("cancelled", 200, 200, 0, 0)
    assert count("event") == 200


def test_what_takes_longer_than_the_lease_stays_with_its_reader(
    database: Database, archive: Source, wait_until: Wait
) -> None:
    """Between two batches many leases pass; another reader that looks all the time gets nothing."""
    number = send(database, archive, "indbakke.mbox", box(450))
    other, leases = ImportService(database, lease=0.3), set()

    def renewed() -> bool:
        assert not other.run_once(GOING)
        with database.transaction() as connection:
            leases.add(connection.execute("select epoch, leased_until from posthus.mail_import").fetchone())
        return len(leases) > 5

    def linger(progress: Progress) -> None:
        if progress.read == 200:
            wait_until(renewed)

    drain(ImportService(database, lease=0.3, progress=linger))
    assert {lease[0] for lease in leases if lease} == {1}
    assert counts(shown(database, archive, number)) == ("done", 450, 450, 0, 0)
