"""Large files in an object store: moved after they were received, read wherever they lie, gone when they are erased."""

import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from email.message import EmailMessage
from pathlib import Path
from time import monotonic

import pytest

from posthus.app.object_settings import ObjectSettings
from posthus.app.objects import ObjectKeeper, StoreStatus, object_finding, objects_of, store_status
from posthus.app.settings import read_settings
from posthus.conversations.filing import FilesAwayError, file_events
from posthus.conversations.originals import Showing, attachment, message_html
from posthus.database.identifiers import message_id_of
from posthus.database.pool import Database
from posthus.jobs import EventId, FileEvent
from posthus.operations.storage import measure_storage
from posthus.originals import moving
from posthus.originals.dictionaries import OriginalDamagedError
from posthus.originals.moving import Rule, Tended, places, tend_objects
from posthus.originals.objects import NO_OBJECTS, Folder, Objects, ObjectsAwayError
from posthus.queue.stages import Away
from posthus.telemetry import Meter
from tests.integration.originals.conftest import Lying
from tests.integration.originals.shop import Shop, letter

LARGE, SMALL = random.Random(2).randbytes(90_000), random.Random(3).randbytes(5_000)
RULE, NONE = Rule(64_000, after=0.0), Rule(None)


@pytest.fixture
def shop(database: Database) -> Shop:
    return Shop(database)


def tend(shop: Shop, objects: Objects, rule: Rule = RULE) -> Tended:
    return tend_objects(shop.database, objects, rule, threading.Event())


def age(shop: Shop) -> None:
    """Let two hours pass for objects that nothing stands for."""
    shop.ask("update posthus.loose_object set since = since - interval '2 hours' returning 1")


def test_large_files_move_out_and_everything_is_read_as_before(shop: Shop, objects: Objects) -> None:
    mails = [letter(1, LARGE), letter(2, SMALL)]
    events = shop.take_in(mails)
    assert tend(shop, objects) == Tended(moved=1)
    assert shop.ask("select size, body is null, object is null from posthus.blob order by size") == [
        (5_000, False, True),
        (90_000, True, False),
    ]
    assert [shop.read(event, objects) for event in events] == mails
    with shop.database.transaction() as connection:
        [(number,)] = connection.execute("select id from posthus.attachment where size = 90000").fetchall()
        found = attachment(connection, shop.workspace_id, number, objects)
        assert attachment(connection, shop.workspace_id, number, objects, largest=89_999) is None
    assert found is not None
    assert found.content == LARGE
    assert tend(shop, objects) == Tended()
    assert shop.ask("select count(*) from posthus.loose_object") == [(0,)]


def test_a_file_waits_for_its_hour_before_it_moves(shop: Shop, folder: Folder) -> None:
    shop.take_in([letter(1, LARGE)])
    assert tend(shop, folder, Rule(64_000)) == Tended()
    assert places(shop.database, Rule(64_000)).waiting == 1


def test_files_come_back_when_the_rule_says_so(shop: Shop, objects: Objects) -> None:
    [event] = shop.take_in([letter(1, LARGE)])
    tend(shop, objects)
    assert tend(shop, objects, NONE) == Tended(returned=1)
    assert shop.read(event, NO_OBJECTS) == letter(1, LARGE)
    age(shop)
    assert tend(shop, objects, NONE) == Tended(removed=1)


def test_what_is_erased_is_erased_there_too_but_not_under_a_readers_hands(
    shop: Shop, folder: Folder, lying: Lying
) -> None:
    events = shop.take_in([letter(1, LARGE), letter(2, LARGE)])
    tend(shop, folder)
    shop.remove(events[0])
    assert shop.ask("select count(*) from posthus.loose_object") == [(0,)]
    shop.remove(events[1])
    assert tend(shop, folder) == Tended()
    assert len(lying(folder)) == 1
    age(shop)
    assert tend(shop, folder) == Tended(removed=1)
    assert not lying(folder)


def test_an_object_in_a_bucket_is_removed_with_its_file(shop: Shop, objects: Objects) -> None:
    [event] = shop.take_in([letter(1, LARGE)])
    tend(shop, objects)
    [(name,)] = shop.ask("select object from posthus.blob")
    assert objects.holds(str(name))
    shop.remove(event)
    age(shop)
    tend(shop, objects)
    assert not objects.holds(str(name))


def test_mail_that_carries_a_moved_file_again_is_filed_while_the_store_is_away(
    shop: Shop, folder: Folder
) -> None:
    shop.take_in([letter(1, LARGE)])
    tend(shop, folder)
    [event] = shop.take_in([letter(2, LARGE)])  # files it without any store
    assert shop.read(event, NO_OBJECTS) == letter(2, LARGE)
    age(shop)
    assert tend(shop, folder) == Tended(moved=1, removed=1)
    assert shop.read(event, folder) == letter(2, LARGE)


def test_a_replay_waits_for_the_store_and_blames_no_mail(shop: Shop, folder: Folder) -> None:
    [event] = shop.take_in([letter(1, LARGE)])
    tend(shop, folder)
    job = FileEvent(shop.workspace_id, shop.source_id, event)
    with shop.database.transaction() as connection, pytest.raises(FilesAwayError, match="not set") as raised:
        file_events(connection, [job])
    assert isinstance(raised.value, Away)
    with shop.database.transaction() as connection:
        file_events(connection, [job], folder)


def test_html_is_shown_while_the_store_with_its_files_is_away(shop: Shop, folder: Folder) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"] = "bo@kunde.example", "Tegning", "<t@kunde.example>"
    mail.set_content("<p>Se <b>tegningen</b></p>", subtype="html")
    mail.add_attachment(LARGE, maintype="application", subtype="pdf", filename="tegning.pdf")
    [event] = shop.take_in([mail.as_bytes()])
    tend(shop, folder)
    with shop.database.transaction() as connection:
        page = message_html(
            connection, shop.workspace_id, message_id_of(event, 0), Showing(images=False, address_of=str)
        )
    assert page is not None
    assert "tegningen" in page
    with pytest.raises(ObjectsAwayError):
        shop.read(event)


def test_a_large_original_moves_out_whole(shop: Shop, objects: Objects) -> None:
    text = random.Random(4).randbytes(150_000).hex()
    mail = (
        b"From: bo@kunde.example\r\nMessage-ID: <stor@kunde.example>\r\nSubject: Log\r\n\r\n" + text.encode()
    )
    [event] = shop.take_in([mail])
    assert shop.ask("select codec, length(body) from posthus.event") == [(3, 33)]
    assert shop.read(event) == mail
    assert tend(shop, objects) == Tended(moved=1)
    assert shop.read(event, objects) == mail
    shop.remove(event)
    age(shop)
    assert tend(shop, objects) == Tended(removed=1)
    assert shop.ask("select count(*) from posthus.blob") == [(0,)]


def test_the_wrong_store_is_neither_filled_nor_emptied(shop: Shop, folder: Folder, tmp_path: Path) -> None:
    shop.take_in([letter(1, LARGE)])
    tend(shop, folder)
    shop.take_in([letter(2, LARGE + b"!")])
    other = Folder(tmp_path / "not mounted")
    for rule in (RULE, NONE):
        with pytest.raises(ObjectsAwayError, match="another store"):
            tend(shop, other, rule)
    assert not other.root.exists()
    assert tend(shop, folder) == Tended(moved=1)


def test_an_object_that_was_changed_is_never_taken_for_the_file(
    shop: Shop, folder: Folder, lying: Lying
) -> None:
    [event] = shop.take_in([letter(1, LARGE)])
    tend(shop, folder)
    [name] = lying(folder)
    (folder.root / name).write_bytes(LARGE[:-1] + b"?")
    with pytest.raises(OriginalDamagedError):
        shop.read(event, folder)
    assert tend(shop, folder, NONE) == Tended()
    assert shop.ask("select object is null from posthus.blob") == [(False,)]


class Interrupted(Folder):
    """A folder in which something happens each time an object has been written."""

    def __init__(self, root: Path, happens: Callable[[], None]) -> None:
        super().__init__(root)
        self.happens = happens

    def write(self, name: str, content: bytes) -> None:
        super().write(name, content)
        self.happens()


def test_a_file_that_is_erased_while_it_moves_leaves_no_object(
    shop: Shop, folder: Folder, lying: Lying
) -> None:
    [event] = shop.take_in([letter(1, LARGE)])
    assert tend(shop, Interrupted(folder.root, lambda: shop.remove(event))) == Tended()
    age(shop)
    assert tend(shop, folder) == Tended(removed=1)
    assert not lying(folder)


def test_an_object_that_was_given_up_while_it_was_written_is_not_used(
    shop: Shop, folder: Folder, lying: Lying
) -> None:
    [event] = shop.take_in([letter(1, LARGE)])

    first = iter([True])

    def given_up() -> None:
        if next(first, False):
            age(shop)
            assert tend(shop, folder, Rule(1_000_000)) == Tended(removed=1)

    assert tend(shop, Interrupted(folder.root, given_up)) == Tended(moved=1)
    assert shop.read(event, folder) == letter(1, LARGE)
    assert shop.ask("select count(*) from posthus.loose_object") == [(1,)]
    age(shop)
    tend(shop, folder)
    assert len(lying(folder)) == 1


class Unreliable(Folder):
    """A folder that now and then does not answer, before or after it has done what was asked."""

    def __init__(self, root: Path, chance: random.Random) -> None:
        super().__init__(root)
        self.chance = chance

    def write(self, name: str, content: bytes) -> None:
        self._perhaps()
        super().write(name, content)
        self._perhaps()

    def remove(self, names: Iterable[str]) -> None:
        self._perhaps()
        super().remove(names)
        self._perhaps()

    def _perhaps(self) -> None:
        if self.chance.random() < 0.2:
            raise ObjectsAwayError("now and then")


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_in_whatever_order_nothing_is_lost_and_nothing_is_left(
    shop: Shop, folder: Folder, lying: Lying, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "AT_ONCE", 2)
    chance = random.Random(seed)
    unreliable = Unreliable(folder.root, chance)
    files = [chance.randbytes(size) for size in (1_500, 20_000, 70_000, 90_000)]
    there: dict[EventId, bytes] = {}
    for number in range(40):
        match chance.choice(["take in", "take in", "tend", "tend", "remove", "wait"]):
            case "take in":
                mail = letter(number, chance.choice(files))
                there[shop.take_in([mail])[0]] = mail
            case "remove" if there:
                event = chance.choice(list(there))
                del there[event]
                shop.remove(event)
            case "wait":
                age(shop)
            case _:
                rule = Rule(chance.choice([None, 1_000, 50_000]), after=0.0)
                try:
                    tend(shop, unreliable, rule)
                except ObjectsAwayError:
                    continue
    assert {event: shop.read(event, folder) for event in there} == there
    age(shop)
    tend(shop, folder)
    age(shop)
    tend(shop, folder)
    names = {name for (name,) in shop.ask("select object from posthus.blob where object is not null")}
    assert lying(folder) == names
    assert shop.ask("select count(*) from posthus.loose_object") == [(0,)]


@pytest.mark.slow
def test_a_mover_that_is_killed_at_any_moment_loses_nothing_and_leaves_nothing(
    shop: Shop, folder: Folder, lying: Lying, database_url: str
) -> None:
    chance = random.Random(5)
    mails = [letter(number, chance.randbytes(2_000 + 3_000 * number)) for number in range(40)]
    events = shop.take_in(mails)
    command = [sys.executable, "-m", "tests.integration.originals.mover", database_url, str(folder.root)]
    for _ in range(int(os.environ.get("POSTHUS_KILLS", "6"))):
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        _watch(shop, chance.randrange(1, 200))
        process.kill()
        process.wait()
        assert [shop.read(event, folder) for event in events] == mails
    age(shop)
    tend(shop, folder, Rule(1_000, after=0.0))
    age(shop)
    tend(shop, folder, Rule(1_000, after=0.0))
    names = {name for (name,) in shop.ask("select object from posthus.blob")}
    assert lying(folder) == names
    assert len(names) == 40


def _watch(shop: Shop, changes: int) -> None:
    """Return when so many rows have changed since, wherever the mover is then."""
    known = shop.ask("select sha256, object from posthus.blob order by 1")
    deadline = monotonic() + 60
    while changes > 0:
        assert monotonic() < deadline, "nothing moves"
        now = shop.ask("select sha256, object from posthus.blob order by 1")
        changes -= sum(one != other for one, other in zip(now, known, strict=True))
        known = now


def test_a_store_that_does_not_answer_is_not_asked_by_everybody(
    bucket: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    from posthus.originals.bucket import Bucket

    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    away = Bucket("nobody", "", "http://127.0.0.1:9")
    with pytest.raises(ObjectsAwayError, match="does not answer as it should"):
        away.read("x")
    with pytest.raises(ObjectsAwayError, match="did not answer just now"):
        away.read("x")


def test_doctor_and_status_say_what_lies_where(shop: Shop, folder: Folder, database_url: str) -> None:
    set_up = {"POSTHUS_DATABASE_URL": database_url, "POSTHUS_OBJECT_STORE": str(folder.root)}
    [event] = shop.take_in([letter(1, LARGE)])
    settings = read_settings(set_up)
    status = store_status(settings, shop.database)
    assert status == StoreStatus(str(folder.root), 0, 0, 1, 90_000, 0)
    keeper = ObjectKeeper(shop.database, folder, ObjectSettings(folder.root, RULE), Meter())
    keeper.run_once(threading.Event())
    assert keeper.levels()["objects.bytes"] == 90_000
    status = store_status(settings, shop.database)
    assert status == StoreStatus(str(folder.root), 1, 90_000, 0, 0, 0)
    assert object_finding(settings, shop.database).state == "fine"
    assert "files in the object store 90.0" in storage_of(shop)
    without = object_finding(read_settings({"POSTHUS_DATABASE_URL": database_url}), shop.database)
    assert (without.state, "POSTHUS_OBJECT_STORE is not set" in without.detail) == ("broken", True)
    elsewhere = read_settings({**set_up, "POSTHUS_OBJECT_STORE": f"{folder.root}-other"})
    assert object_finding(elsewhere, shop.database).state == "broken"
    assert shop.read(event, objects_of(settings)) == letter(1, LARGE)


def storage_of(shop: Shop) -> str:
    with shop.database.transaction() as connection:
        return measure_storage(connection).sentence()
