"""A running import held by one process: a lease that it renews, and what it writes while the lease is its own."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import Connection

from posthus.database.pool import Database, row
from posthus.intake.imports import SQL, ImportId, Trouble, Unread
from posthus.jobs import SourceId, WorkspaceId
from posthus.telemetry import log

LEASE_SECONDS = 30.0


class ImportStoppedError(Exception):
    """The import was cancelled, somebody else has it, or this process ends."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An import that this process may read; the epoch proves it."""

    id: ImportId
    epoch: int


@dataclass(frozen=True, slots=True)
class Step:
    """What a batch came to: messages by what became of them, and how many bytes were read by then."""

    reached: int
    new: int = 0
    duplicates: int = 0
    failed: Sequence[Unread] = ()

    @property
    def read(self) -> int:
        """All of them."""
        return self.new + self.duplicates + len(self.failed)


class Hold:
    """What the reader of an import asks and says; everything raises ImportStoppedError once it is not its own."""

    def __init__(self, claim: Claim, lease: float, stop: threading.Event) -> None:
        self.claim = claim
        self.lease = lease
        self.stop = stop
        self.lost = threading.Event()
        self._keys = {"id": claim.id, "epoch": claim.epoch}

    def check(self) -> None:
        """Go on only while it is ours, and this process is not asked to end."""
        if self.lost.is_set() or self.stop.is_set():
            raise ImportStoppedError

    def lock(self, connection: Connection) -> None:
        """Nobody else takes it, and nobody cancels it, before this transaction ends."""
        self.check()
        if connection.execute(SQL["lock_import"], self._keys).fetchone() is None:
            raise ImportStoppedError

    def save(self, connection: Connection, step: Step) -> None:
        """Note a batch in the transaction that took it in, and locked the import before."""
        counts = {"new": step.new, "duplicates": step.duplicates, "failed": len(step.failed)}
        place = {"id": self.claim.id, "reached": step.reached, "read": step.read, "lease": self.lease}
        connection.execute(SQL["save_step"], {**place, **counts})
        if step.failed:
            troubles = json.dumps([{"place": one.place, "reason": one.reason} for one in step.failed])
            connection.execute(SQL["add_troubles"], {"id": self.claim.id, "troubles": troubles})

    def drop_pieces(self, connection: Connection, position: int) -> None:
        """What was sent in before a byte is needed no more."""
        connection.execute(SQL["drop_read_pieces"], {"id": self.claim.id, "position": position})

    def finish(self, connection: Connection, trouble: Trouble | None = None) -> None:
        """It is over."""
        state = "failed" if trouble else "done"
        connection.execute(SQL["finish_import"], {**self._keys, "state": state, "trouble": trouble})

    def renew(self, connection: Connection) -> None:
        """Say that it is still read."""
        if connection.execute(SQL["hold_import"], {**self._keys, "lease": self.lease}).rowcount == 0:
            self.lost.set()

    def release(self, connection: Connection) -> None:
        """Let somebody else go on at once; what this process was asked to leave counts as no attempt."""
        connection.execute(SQL["release_import"], {**self._keys, "asked": self.stop.is_set()})


def begin_command(
    connection: Connection, workspace_id: WorkspaceId, source_id: SourceId, name: str, size: int
) -> Claim:
    """An import of the command line, shown to everybody; the one before goes on where it was broken off."""
    asked = {"workspace_id": workspace_id, "source_id": source_id, "name": name, "size": size}
    values = {**asked, "lease": LEASE_SECONDS}
    claim = row(connection, SQL["go_on_with_command"], values, Claim)
    claim = claim or row(connection, SQL["begin_command"], values, Claim)
    assert claim is not None
    return claim


@contextmanager
def holding(
    database: Database, claim: Claim, stop: threading.Event | None = None, lease: float = LEASE_SECONDS
) -> Iterator[Hold]:
    """Hold an import while the block lasts, however long a batch takes; a block that breaks off lets it go."""
    hold = Hold(claim, lease, stop or threading.Event())
    over = threading.Event()
    thread = threading.Thread(
        target=_keep, args=(database, hold, over), name=f"import {claim.id}", daemon=True
    )
    thread.start()
    try:
        yield hold
    except BaseException:
        _quietly(database, hold.release)
        raise
    finally:
        over.set()
        thread.join()


def _keep(database: Database, hold: Hold, over: threading.Event) -> None:
    while not over.wait(hold.lease / 3) and not hold.lost.is_set():
        _quietly(database, hold.renew)


def _quietly(database: Database, work: Callable[[Connection], None]) -> None:
    try:
        with database.transaction() as connection:
            work(connection)
    except psycopg.Error as error:  # the lease runs out by itself
        log("import_hold_not_written", error=type(error).__name__)
