"""Reading what was sent in from browsers: one file at a time in each process, taken up where it was left."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import psycopg

from posthus.database.pool import Database, row
from posthus.intake.contents import Uploaded
from posthus.intake.import_hold import LEASE_SECONDS, Claim, Hold, ImportStoppedError, holding
from posthus.intake.importer import Importing, Progress
from posthus.intake.imports import SQL, ImportId, Trouble, sweep_imports
from posthus.intake.mailboxes import MailboxError, MboxFile, mailbox_of
from posthus.jobs import SourceId, WorkspaceId
from posthus.telemetry import log

MOST_ATTEMPTS = 5  # by readers that came no step further
SWEEP_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class DueImport:
    """A file that is whole and was taken by this process."""

    id: ImportId
    workspace_id: WorkspaceId
    source_id: SourceId
    name: str
    size: int
    epoch: int
    attempts: int

    @property
    def path(self) -> str:
        """Under which the place that was reached is kept; its last part is the file's name."""
        return f"upload/{self.id}/{self.name}"


class ImportService:
    """Takes files that wait; any number may run, and a killed one's file is taken up by another."""

    def __init__(
        self,
        database: Database,
        lease: float = LEASE_SECONDS,
        pause: float = 1.0,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self.database = database
        self.lease = lease
        self.pause = pause
        self.progress = progress
        self._swept_at = float("-inf")

    def run(self, stop: threading.Event) -> None:
        """Read until asked to stop; a database that is away is waited for."""
        while not stop.is_set():
            try:
                busy = self.run_once(stop)
            except psycopg.Error as error:
                log("import_waits", error=type(error).__name__)
                busy = False
            if not busy:
                stop.wait(self.pause)

    def run_once(self, stop: threading.Event) -> bool:
        """One file, or what is to be tidied; False when there is nothing to do."""
        with self.database.transaction() as connection:
            due = row(connection, SQL["claim_import"], {"lease": self.lease}, DueImport)
        if due is not None:
            self._swept_at = float("-inf")
            self._read(due, stop)
            return True
        if monotonic() - self._swept_at < SWEEP_SECONDS:
            return False
        with self.database.transaction() as connection:
            more = sweep_imports(connection)
        self._swept_at = float("-inf") if more else monotonic()
        return more

    def _read(self, due: DueImport, stop: threading.Event) -> None:
        try:
            with holding(self.database, Claim(due.id, due.epoch), stop, self.lease) as hold:
                self._end(hold, self._outcome(due, hold))
        except ImportStoppedError:
            log("import_stopped", import_id=due.id)
        except psycopg.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - one file must not stop the others; it is tried again, then given up
            log("import_broken", import_id=due.id, attempt=due.attempts, error=type(error).__name__)

    def _outcome(self, due: DueImport, hold: Hold) -> Trouble | None:
        """Take in all of it; why that cannot be, or None."""
        if due.attempts > MOST_ATTEMPTS:
            return "gave_up"
        try:
            mailbox = mailbox_of(Uploaded(due.path, due.size, lambda place: self._piece(hold, place)))
        except MailboxError as error:
            return error.reason
        importing = Importing(self.database, (due.workspace_id, due.source_id), hold, self.progress)
        importing.drop_read = isinstance(mailbox, MboxFile)
        importing.take(mailbox)
        log("mail_imported", source_id=due.source_id, read=importing.read, new=importing.new)
        return None

    def _piece(self, hold: Hold, place: int) -> tuple[int, bytes]:
        hold.check()
        with self.database.transaction() as connection, connection.cursor(binary=True) as cursor:
            found = cursor.execute(SQL["piece_at"], {"id": hold.claim.id, "position": place}).fetchone()
        if found is None:
            raise LookupError("a piece is gone")
        return int(found[0]), bytes(found[1])

    def _end(self, hold: Hold, trouble: Trouble | None) -> None:
        with self.database.transaction() as connection:
            hold.lock(connection)
            hold.finish(connection, trouble)
