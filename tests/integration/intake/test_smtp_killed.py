"""SMTP receiving killed again and again at random points: what was answered 250 is there, and everything is there once."""

import os
import random
import smtplib
import subprocess
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from queue import Empty, Queue
from threading import Condition, Thread

import pytest

from posthus.database.pool import Database
from posthus.intake.sources import NewSource
from posthus.jobs import WorkspaceId
from tests.integration.intake.conftest import MakeSource

ADDRESS = "kunde@posthus.example.com"
KILLS = int(os.environ.get("POSTHUS_KILLS", "8"))  # a campaign takes more
MAILS, CLIENTS = 50 * KILLS, 6


class Receiver:
    """A receiving process that is killed and started anew, each time on another port."""

    def __init__(self, url: str) -> None:
        self._command = [sys.executable, "-m", "bench.smtp_served", url]
        self._changed = Condition()
        self.answered = 0
        self.port = self._start()

    def _start(self) -> int:
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())

    def count(self) -> None:
        """One more mail was answered 250."""
        with self._changed:
            self.answered += 1
            self._changed.notify_all()

    def kill_after(self, answered: int, done: Callable[[], bool]) -> None:
        """Kill it in the middle of whatever it does once so many more were answered, and start the next one."""
        with self._changed:
            wanted = self.answered + answered
            self._changed.wait_for(lambda: self.answered >= wanted or done(), timeout=120)
        self._process.kill()
        self._process.communicate()
        port = self._start()
        with self._changed:
            self.port = port
            self._changed.notify_all()

    def other_than(self, port: int) -> int:
        """Where the next one listens."""
        with self._changed:
            self._changed.wait_for(lambda: self.port != port, timeout=120)
            return self.port

    def stop(self) -> None:
        """Let it end by itself."""
        self._process.communicate(b"")


def send_all(receiver: Receiver, mails: "Queue[bytes]", refused: list[str]) -> None:
    """Hand in mails until none is left; one without an answer is handed in again, as every sender does."""
    port, mail = receiver.port, _next(mails)
    while mail is not None:
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=120) as client:
                while mail is not None:
                    client.sendmail("a@kunde.example", [ADDRESS], mail)
                    receiver.count()
                    mail = _next(mails)
        except smtplib.SMTPResponseException as error:
            if error.smtp_code not in (-1, 421, 451):
                refused.append(str(error))
                return
            port = receiver.other_than(port) if error.smtp_code == -1 else receiver.port
        except (OSError, smtplib.SMTPServerDisconnected):
            port = receiver.other_than(port) if mail is not None else port


def _next(mails: "Queue[bytes]") -> bytes | None:
    try:
        return mails.get_nowait()
    except Empty:
        return None


def letters() -> Iterator[bytes]:
    chance = random.Random(4)
    for number in range(MAILS):
        words = " ".join(f"ord{chance.randrange(10_000)}" for _ in range(chance.randrange(5, 800)))
        yield f"From: a@kunde.example\r\nMessage-ID: <{number}@kunde.example>\r\n\r\n{words}\r\n".encode()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_what_was_answered_is_there_and_everything_is_there_once(
    database_url: str, database: Database, workspace_id: WorkspaceId, make_source: MakeSource
) -> None:
    make_source(NewSource(workspace_id, "smtp", "Ind", address=ADDRESS))
    sent = list(letters())
    mails: Queue[bytes] = Queue()
    for mail in sent:
        mails.put(mail)
    receiver, refused = Receiver(database_url), list[str]()
    clients = [Thread(target=send_all, args=(receiver, mails, refused)) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    chance = random.Random(9)
    for _ in range(KILLS):
        receiver.kill_after(chance.randrange(2 * MAILS // KILLS), mails.empty)
    for client in clients:
        client.join(120)
        assert not client.is_alive()
    receiver.stop()
    with database.transaction() as connection:
        found = connection.execute("select digest from posthus.event").fetchall()
    assert refused == []
    assert receiver.answered == MAILS
    assert sorted(digest for (digest,) in found) == sorted(sha256(mail).digest() for mail in sent)
