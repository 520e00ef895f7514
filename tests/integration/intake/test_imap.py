"""Following mailboxes on a real IMAP server: everything once, whatever happens on either side."""

import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import pytest
from imapclient import IMAPClient

from bench.dovecot import PASSWORD, Dovecot, find_dovecot
from posthus.database.pool import Database
from posthus.intake.imap_folder import Reading
from posthus.intake.imap_follow import Following
from posthus.intake.imap_mailboxes import (
    Access,
    FolderState,
    MailboxState,
    Secret,
    add_mailbox,
    ask_for_check,
    folder_states,
    mailbox_states,
)
from posthus.intake.imap_service import ImapService, ImapSettings
from posthus.jobs import SourceId, WorkspaceId
from tests.integration.intake.follow import SETTINGS
from tests.keys import KEYRING

pytestmark = pytest.mark.skipif(find_dovecot() is None, reason="needs Dovecot (Debian package dovecot-imapd)")
Wait = Callable[[Callable[[], bool]], None]
# As in production but for the pauses: news come because the server tells them, not because of a short interval.
PATIENT = ImapSettings(turn_seconds=0.05, following=Following(Reading(messages=20), look_seconds=600))


class AddMailbox(Protocol):
    """Adds a mailbox of the server; changes to its access by name."""

    def __call__(self, name: str = "Indbakke", **changes: object) -> SourceId: ...


@pytest.fixture(scope="module")
def server(scratch: Path) -> Iterator[Dovecot]:
    running = Dovecot(scratch / "dovecot")
    yield running
    running.stop()


@pytest.fixture
def user() -> str:
    return f"user{uuid4().hex[:8]}"


@pytest.fixture
def add(server: Dovecot, user: str, database: Database, workspace_id: WorkspaceId) -> AddMailbox:
    def add_one(name: str = "Indbakke", **changes: object) -> SourceId:
        access = Access("127.0.0.1", user, Secret(PASSWORD), server.port, "none")
        with database.transaction() as connection:
            return add_mailbox(connection, KEYRING, workspace_id, name, replace(access, **changes))  # type: ignore[arg-type]

    return add_one


@contextmanager
def following(database: Database, settings: ImapSettings = PATIENT) -> Iterator[ImapService]:
    """The service in a thread of its own."""
    service, stop = ImapService(database, KEYRING, settings), threading.Event()
    thread = threading.Thread(target=service.run, args=(stop,))
    thread.start()
    try:
        yield service
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


def mail(number: int, size: int = 60) -> bytes:
    return (
        b"From: kunde%d@example.com\r\nSubject: Nr. %d\r\n\r\n" % (number % 7, number) + b"x" * size + b"\r\n"
    )


def fill(client: IMAPClient, numbers: range, folder: str = "INBOX") -> None:
    client.multiappend(folder, [mail(number) for number in numbers])


class Watch:
    """How the mailboxes of a workspace stand."""

    def __init__(self, database: Database, workspace_id: WorkspaceId) -> None:
        self.database = database
        self.workspace_id = workspace_id

    def folders(self) -> dict[str, FolderState]:
        with self.database.transaction() as connection:
            return {each.name: each for each in folder_states(connection, self.workspace_id)}

    def states(self) -> dict[str, MailboxState]:
        with self.database.transaction() as connection:
            return {each.name: each for each in mailbox_states(connection, self.workspace_id)}

    def known(self, folder: str, count: int) -> Callable[[], bool]:
        def reached() -> bool:
            found = self.folders().get(folder)
            return found is not None and found.caught_up_at is not None and found.known == count

        return reached

    def places(self) -> list[tuple[str, int, list[str], bool]]:
        """Folder, uid, flags and whether it is gone, of every place."""
        query = (
            "select f.name, m.uid, m.flags, m.gone_at is not null from posthus.mailbox_message m"
            " join posthus.mailbox_folder f on f.id = m.folder_id order by f.name, m.uid"
        )
        with self.database.transaction() as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
def watch(database: Database, workspace_id: WorkspaceId) -> Watch:
    return Watch(database, workspace_id)


def test_every_folder_is_taken_in_newest_first_byte_for_byte(
    server: Dovecot, user: str, add: AddMailbox, database: Database, watch: Watch, wait_until: Wait,
    bodies: Callable[[], list[bytes]],
) -> None:  # fmt: skip
    with server.client(user) as client:
        fill(client, range(50))
        fill(client, range(100, 110), "Sent")
        fill(client, range(200, 203), "Trash")
    add()
    with following(database):
        wait_until(watch.known("INBOX", 50))
        wait_until(watch.known("Sent", 10))
    received = bodies()
    assert sorted(received) == sorted(mail(number) for number in [*range(50), *range(100, 110)])
    # Batches of twenty: the newest twenty came before the others.
    inbox = [body for body in received if body in {mail(number) for number in range(50)}]
    assert set(inbox[:20]) == {mail(number) for number in range(30, 50)}
    assert set(watch.folders()) == {"INBOX", "Archive", "Sent"}


def test_news_flags_moves_and_deletions_are_followed_without_asking(
    server: Dovecot, user: str, add: AddMailbox, database: Database, watch: Watch, wait_until: Wait,
    count: Callable[[str], int],
) -> None:  # fmt: skip
    with server.client(user) as client:
        fill(client, range(3))
        add()
        with following(database):
            wait_until(watch.known("INBOX", 3))
            client.select_folder("INBOX")
            fill(client, range(3, 5))
            wait_until(watch.known("INBOX", 5))
            client.add_flags([1], [b"\\Seen", b"\\Answered"])
            wait_until(lambda: watch.places()[0][2] == ["\\Answered", "\\Seen"])
            client.delete_messages([2])
            client.expunge()
            wait_until(lambda: watch.places()[1][3])
            client.move([3], "Archive")
            wait_until(lambda: ("Archive", 1, [], False) in watch.places())
            wait_until(lambda: watch.folders()["INBOX"].gone == 2)
        assert [place[3] for place in watch.places() if place[0] == "INBOX"] == [
            False,
            True,
            True,
            False,
            False,
        ]
    assert count("event") == 5
    assert watch.folders()["INBOX"].gone == 2


def test_followed_again_nothing_comes_twice_and_what_happened_meanwhile_is_seen(
    server: Dovecot, user: str, add: AddMailbox, database: Database, watch: Watch, wait_until: Wait,
    count: Callable[[str], int],
) -> None:  # fmt: skip
    with server.client(user) as client:
        fill(client, range(30))
        add()
        with following(database):
            wait_until(watch.known("INBOX", 30))
        client.select_folder("INBOX")
        client.delete_messages([1, 2, 30])
        client.expunge()
        client.add_flags([5], [b"\\Flagged"])
        fill(client, range(30, 33))
        with following(database):
            wait_until(lambda: len(watch.places()) == 33)
            wait_until(lambda: watch.folders()["INBOX"].gone == 3)
    assert [place[2] for place in watch.places() if place[1] == 5] == [["\\Flagged"]]
    assert count("event") == 33


@pytest.mark.parametrize("hidden", ["QRESYNC", "QRESYNC CONDSTORE", "QRESYNC CONDSTORE IDLE"])
def test_a_server_that_offers_less_is_followed_as_well(
    hidden: str, scratch: Path, user: str, add: AddMailbox, database: Database, watch: Watch,
    wait_until: Wait,
) -> None:  # fmt: skip
    offered = "IMAP4rev1 LITERAL+ UIDPLUS MOVE SPECIAL-USE MULTIAPPEND NAMESPACE ENABLE"
    offered += "".join(f" {name}" for name in ("CONDSTORE", "IDLE") if name not in hidden)
    less = Dovecot(scratch / f"less-{uuid4().hex[:6]}", more=f"imap_capability = {offered}")
    try:
        with less.client(user) as client:
            fill(client, range(10))
            add(port=less.port)
            with following(database, SETTINGS):
                wait_until(watch.known("INBOX", 10))
            client.select_folder("INBOX")
            client.add_flags([4], [b"\\Seen"])
            client.delete_messages([1])
            client.expunge()
            fill(client, range(10, 12))
            often = replace(SETTINGS, following=replace(SETTINGS.following, look_seconds=0.05))
            with following(database, often):
                wait_until(watch.known("INBOX", 11))
                wait_until(lambda: watch.folders()["INBOX"].gone == 1)
                wait_until(lambda: [place[2] for place in watch.places() if place[1] == 4] == [["\\Seen"]])
                client.delete_messages([2])
                client.expunge()
                wait_until(lambda: watch.folders()["INBOX"].gone == 2)
    finally:
        less.stop()


def test_a_mailbox_made_anew_under_the_same_name_is_taken_in_anew(
    server: Dovecot, user: str, add: AddMailbox, database: Database, watch: Watch, wait_until: Wait,
    count: Callable[[str], int],
) -> None:  # fmt: skip
    with server.client(user) as client:
        client.create_folder("Kunder/Æbler".replace("/", "."))
        fill(client, range(5), "Kunder.Æbler")
        add(folders=["Kunder.Æbler"])
        with following(database):
            wait_until(watch.known("Kunder.Æbler", 5))
        client.delete_folder("Kunder.Æbler")
        client.create_folder("Kunder.Æbler")
        fill(client, range(3, 8), "Kunder.Æbler")
        with following(database):
            wait_until(lambda: len(watch.places()) == 10)
            wait_until(watch.known("Kunder.Æbler", 5))
    assert count("event") == 8
    assert sum(place[3] for place in watch.places()) == 5


def test_a_comparison_that_is_asked_for_finds_what_is_missing(
    server: Dovecot, user: str, add: AddMailbox, database: Database, watch: Watch, wait_until: Wait,
    workspace_id: WorkspaceId,
) -> None:  # fmt: skip
    with server.client(user) as client:
        fill(client, range(6))
        source_id = add()
        with following(database):
            wait_until(watch.known("INBOX", 6))
            with database.transaction() as connection:
                connection.execute("delete from posthus.mailbox_message where uid in (2, 5)")
                assert ask_for_check(connection, workspace_id, source_id)
            wait_until(lambda: len(watch.places()) == 6)
            wait_until(lambda: not watch.states()["Indbakke"].check_asked)
        assert watch.folders()["INBOX"].missing == 0


def test_one_mailbox_in_trouble_says_why_and_keeps_no_other_from_going_on(
    server: Dovecot, user: str, add: AddMailbox, database: Database, watch: Watch, wait_until: Wait,
) -> None:  # fmt: skip
    with server.client(user) as client:
        fill(client, range(4))
    add("Forkert", secret=Secret("noget andet"))
    add("Borte", host="127.0.0.1", port=1)
    add("Rigtig")
    with following(database):
        wait_until(watch.known("INBOX", 4))
        wait_until(lambda: all(watch.states()[name].trouble for name in ("Forkert", "Borte")))
    states = watch.states()
    assert (states["Forkert"].trouble, states["Borte"].trouble) == ("sign_in", "refused")
    assert PASSWORD not in str(states)
    assert states["Forkert"].failures == 1
    assert states["Forkert"].next_at > states["Borte"].next_at


def test_a_message_that_is_too_large_is_named_and_the_others_come(
    server: Dovecot, user: str, add: AddMailbox, database: Database, watch: Watch, wait_until: Wait,
) -> None:  # fmt: skip
    with server.client(user) as client:
        fill(client, range(4))
        client.append("INBOX", mail(4, 5_000_000))
        fill(client, range(5, 8))
    add()
    small = replace(
        PATIENT, following=replace(PATIENT.following, reading=Reading(messages=3, largest=1_000_000))
    )
    with following(database, small):
        wait_until(lambda: watch.folders().get("INBOX") is not None and watch.folders()["INBOX"].known == 7)
        wait_until(lambda: watch.folders()["INBOX"].troubled == 1)


@pytest.mark.slow
def test_killed_again_and_again_it_ends_as_if_undisturbed(
    server: Dovecot, user: str, add: AddMailbox, database: Database, database_url: str, watch: Watch,
    wait_until: Wait, bodies: Callable[[], list[bytes]], count: Callable[[str], int],
) -> None:  # fmt: skip
    chance = random.Random(7)
    messages, kills = 600, int(os.environ.get("POSTHUS_KILLS", "15"))
    with server.client(user) as client:
        fill(client, range(messages))
        add()
        command = [sys.executable, "-m", "tests.integration.intake.follow", database_url]
        client.select_folder("INBOX")
        for kill in range(kills):
            with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
                assert process.stderr is not None
                for _ in range(chance.randint(1, 6)):
                    process.stderr.readline()
                try:
                    process.wait(chance.random() / 20)  # somewhere inside of what comes next
                except subprocess.TimeoutExpired:
                    process.kill()
            fill(client, range(messages + kill, messages + kill + 1))
            client.delete_messages([kill * 3 + 1])
            client.expunge()
        with following(database, SETTINGS):
            wait_until(watch.known("INBOX", messages))
    # What was deleted before anybody saw it cannot be here; what is on the server must be, once.
    received = bodies()
    with server.client(user) as client:
        client.select_folder("INBOX", readonly=True)
        there = {bytes(found[b"BODY[]"]) for found in client.fetch(client.search(), ["BODY.PEEK[]"]).values()}
    assert len(received) == len(set(received))
    assert there <= set(received)
    assert sum(not place[3] for place in watch.places() if place[0] == "INBOX") == messages
    assert count("event") == count("log") == count("seen_mail") == len(received)
