"""Following one mailbox: every folder looked at, the backlog taken in by turns, then waiting for news."""

import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from posthus.database.pool import Database
from posthus.intake import imap_places as places
from posthus.intake.imap_access import connect
from posthus.intake.imap_folder import FolderSync, Reading
from posthus.intake.imap_link import Link
from posthus.intake.imap_mailboxes import Mailbox, access_of, keep_secret
from posthus.intake.imap_places import leased
from posthus.intake.secrets import Keyring
from posthus.telemetry import log


@dataclass(frozen=True, slots=True)
class Following:
    """How mailboxes are followed; times in seconds. `turn` messages of a folder are taken in before the next's."""

    reading: Reading = field(default_factory=Reading)
    turn: int = 1_000
    look_seconds: float = 60.0  # how often the folders that nobody waits in are looked at
    news_seconds: float = 10.0  # how often the first folder is looked at while a backlog is taken in
    server_seconds: float = 60.0
    tls: ssl.SSLContext | None = None


class Nudge:
    """Ends a follower's waiting from another thread: to stop, or to look at once."""

    def __init__(self) -> None:
        self.reader, self._writer = socket.socketpair()
        self.reader.settimeout(0)
        self._writer.settimeout(0)
        self.stop = threading.Event()
        self.asked: datetime | None = None

    def check(self, asked: datetime | None) -> None:
        """Have all uids compared that were not since `asked`."""
        if asked is not None and asked != self.asked:
            self.asked = asked
            self._wake()

    def end(self) -> None:
        """Have it finish what it does and stop."""
        self.stop.set()
        self._wake()

    def clear(self) -> None:
        """Forget the nudges so far."""
        with suppress(BlockingIOError):
            self.reader.recv(4096)

    def close(self) -> None:
        """Nobody waits any more."""
        self.reader.close()
        self._writer.close()

    def _wake(self) -> None:
        with suppress(OSError):  # full, so awake already; or closed
            self._writer.send(b"x")


class Follower:
    """Follows one mailbox until it is nudged to stop or something goes wrong, which is raised."""

    def __init__(
        self, database: Database, keyring: Keyring, mailbox: Mailbox, following: Following, nudge: Nudge
    ) -> None:
        self.database = database
        self.keyring = keyring
        self.mailbox = mailbox
        self.following = following
        self.nudge = nudge
        self.answered = False
        self._folders: dict[str, FolderSync] = {}

    def run(self) -> None:
        """Follow; returns when asked to stop or when the sign-in has to be renewed."""
        link, until = self._connect()
        try:
            with leased(self.database, self.mailbox) as connection:
                places.answered(connection, self.mailbox, link.offers)
            self.answered = True
            while not self.nudge.stop.is_set() and monotonic() < until:
                self._look(link)
                self._catch_up(link)
                if not self.nudge.stop.is_set():
                    self._wait(link)
        finally:
            link.bye() if self.nudge.stop.is_set() else link.hang_up()

    def _connect(self) -> tuple[Link, float]:
        access = access_of(self.keyring, self.mailbox)
        link, token = connect(access, self.following.server_seconds, self.following.tls)
        if token is None:
            return link, float("inf")
        if token.refresh != access.secret.refresh_token:
            with leased(self.database, self.mailbox) as connection:
                keep_secret(connection, self.keyring, self.mailbox, token.refresh)
        # A server may end the connection when the token does: sign in anew before that.
        return link, token.until

    def _look(self, link: Link) -> None:
        names = link.folders(self.mailbox.folders)
        with leased(self.database, self.mailbox) as connection:
            places.keep_folders(connection, self.mailbox, names)
        self._folders = {name: self._folders.get(name) or self._sync(name) for name in names}
        for folder in list(self._folders.values()):
            self._look_at(link, folder)

    def _sync(self, name: str) -> FolderSync:
        return FolderSync(self.database, self.mailbox, name, self.following.reading)

    def _look_at(self, link: Link, folder: FolderSync) -> None:
        try:
            folder.look(link, self.nudge.asked)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            # One folder that may not be read must not keep the others from being followed.
            words = " ".join(str(error).split())[:300]
            log("folder_not_read", source_id=self.mailbox.source_id, error=type(error).__name__)
            with leased(self.database, self.mailbox) as connection:
                places.folder_trouble(connection, self.mailbox, folder.name, words)
            self._folders.pop(folder.name, None)

    def _catch_up(self, link: Link) -> None:
        """Take in what is missing, a turn of each folder after the other, and news as it comes."""
        looked = monotonic()
        while any(folder.missing for folder in self._folders.values()):
            for folder in list(self._folders.values()):
                if self.nudge.stop.is_set():
                    return
                if folder.missing:
                    folder.take(link, self.following.turn)
                if monotonic() - looked > self.following.news_seconds:
                    self._look_at(link, next(iter(self._folders.values())))
                    looked = monotonic()

    def _wait(self, link: Link) -> None:
        # News are told of the open folder only, and of what happens after it was opened.
        first = next(iter(self._folders.values()), None)
        if first is None or first.is_as_seen(link.open(first.name)):
            link.wait(self.following.look_seconds, self.nudge.reader)
        self.nudge.clear()
