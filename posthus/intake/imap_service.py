"""The role intake-imap: mailboxes shared between processes by leases, each followed in a thread of its own."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

import psycopg

from posthus.database.pool import Database
from posthus.intake.imap_follow import Follower, Following, Nudge
from posthus.intake.imap_mailboxes import Mailbox, claim, renew
from posthus.intake.imap_places import LeaseLostError, release
from posthus.intake.imap_trouble import trouble_of
from posthus.intake.secrets import Keyring
from posthus.telemetry import log


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """How many mailboxes one process follows, and for how many seconds it holds each without saying so again."""

    most: int = 200
    lease: float = 30.0
    turn_seconds: float = 5.0
    drain_seconds: float = 20.0
    following: Following = field(default_factory=Following)


@dataclass(slots=True)
class _Running:
    mailbox: Mailbox
    nudge: Nudge
    thread: threading.Thread


class ImapService:
    """Claims mailboxes that are due, follows them, and gives them back with the reason when it cannot."""

    def __init__(self, database: Database, keyring: Keyring, settings: ImapSettings | None = None) -> None:
        self.database = database
        self.keyring = keyring
        self.settings = settings or ImapSettings()
        self.holder = uuid4()
        self._running: dict[int, _Running] = {}

    def run(self, stop: threading.Event) -> None:
        """Follow mailboxes until asked to stop."""
        log("imap_started", holder=self.holder)
        while not stop.is_set():
            self._safely(self.run_once)
            stop.wait(self.settings.turn_seconds)
        for running in self._running.values():
            running.nudge.end()
        for running in self._running.values():
            running.thread.join(self.settings.drain_seconds)

    def run_once(self) -> None:
        """Forget who has ended, keep the leases of the others, take what is due."""
        self._running = {key: one for key, one in self._running.items() if one.thread.is_alive()}
        with self.database.transaction() as connection:
            held = {lease.source_id: lease for lease in renew(connection, self.holder, self.settings.lease)}
        for source_id, running in self._running.items():
            lease = held.get(running.mailbox.source_id)
            same = lease and (lease.epoch, lease.version) == (running.mailbox.epoch, running.mailbox.version)
            if lease is None or not same:
                log("mailbox_let_go", source_id=source_id)
                running.nudge.end()
            else:
                running.nudge.check(lease.check_asked_at)
        free = self.settings.most - len(self._running)
        if free > 0:
            with self.database.transaction() as connection:
                found = claim(connection, self.holder, free, self.settings.lease)
            for mailbox in found:
                self._follow(mailbox)

    def _follow(self, mailbox: Mailbox) -> None:
        before = self._running.get(mailbox.source_id)
        if before is not None:
            before.nudge.end()  # its lease ran out; what it still does is refused by the epoch
        nudge = Nudge()
        thread = threading.Thread(
            target=self._followed, args=(mailbox, nudge), name=f"mailbox {mailbox.source_id}", daemon=True
        )
        self._running[mailbox.source_id] = _Running(mailbox, nudge, thread)
        thread.start()

    def _followed(self, mailbox: Mailbox, nudge: Nudge) -> None:
        follower = Follower(self.database, self.keyring, mailbox, self.settings.following, nudge)
        try:
            follower.run()
        except LeaseLostError:
            log("mailbox_lease_lost", source_id=mailbox.source_id)
        except Exception as error:  # noqa: BLE001 - one mailbox's fault, whatever it is, is no other's
            failures = 0 if follower.answered else mailbox.failures
            trouble = trouble_of(error, failures)
            log("mailbox_trouble", source_id=mailbox.source_id, kind=trouble.kind, error=type(error).__name__)
            self._safely(lambda: release(self.database, mailbox, trouble, failures))
        else:
            self._safely(lambda: release(self.database, mailbox, None, 0))
        finally:
            nudge.close()

    def _safely(self, work: Callable[[], None]) -> None:
        try:
            work()
        except psycopg.Error as error:
            log("imap_turn_failed", error=type(error).__name__)
