"""Old mail in: read from disk, stored in batches, taken up where it stopped, never twice, nothing sent."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from time import monotonic

import psycopg
from psycopg import Connection

from posthus.database.pool import Database, number
from posthus.database.queries import load
from posthus.intake.import_hold import Hold, Step, begin_command, holding
from posthus.intake.imports import Unread
from posthus.intake.inbox import NewEvent, receive, storable
from posthus.intake.mailboxes import Mailbox, find_mailboxes
from posthus.intake.mbox import Piece
from posthus.jobs import SourceId, WorkspaceId
from posthus.originals.dictionaries import Packing
from posthus.telemetry import log

SQL = load(__file__)
_BATCH_MESSAGES = 200
_BATCH_BYTES = 8_000_000
NAME_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Progress:
    """How an import goes; `position` of `total` counts bytes or files, total 0 is unknown (archives)."""

    path: str
    position: int
    total: int
    read: int
    messages_per_second: float
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did: read = new + duplicates + failed.

    `failed` could not be read whole; what could be read of them is an event all the same.
    """

    read: int = 0
    new: int = 0
    duplicates: int = 0
    failed: int = 0
    seconds: float = 0.0


def import_paths(
    database: Database,
    source_id: SourceId,
    paths: Sequence[Path],
    progress: Callable[[Progress], None],
) -> ImportResult:
    """Import every message at `paths` into a source; run again after any stop, it goes on from there.

    Raises MailboxError before anything is read when one of the paths holds no mail, and ImportStoppedError when
    somebody cancels it.
    """
    mailboxes = [mailbox for path in paths for mailbox in find_mailboxes(path)]
    name = storable(", ".join(path.resolve().name or str(path) for path in paths))[:NAME_LENGTH]
    with database.transaction() as connection:
        workspace_id = WorkspaceId(number(connection, SQL["workspace_of"], {"source_id": source_id}))
        size = sum(mailbox.size for mailbox in mailboxes)
        claim = begin_command(connection, workspace_id, source_id, name, size)
    with holding(database, claim) as hold:
        importing = Importing(database, (workspace_id, source_id), hold, progress)
        for mailbox in mailboxes:
            importing.take(mailbox)
        with database.transaction() as connection:
            hold.lock(connection)
            hold.finish(connection)
    log("mail_imported", source_id=source_id, read=importing.read, new=importing.new)
    return importing.result()


def mail_key(raw: bytes) -> bytes:
    """What makes two copies of a mail the same: all of it but the kind and number of its line ends."""
    return sha256(raw.replace(b"\r\n", b"\n").strip(b"\n")).digest()


class Importing:
    """One run over one mailbox or several, with its counts; what it writes is written while the import is held."""

    def __init__(
        self,
        database: Database,
        where: tuple[WorkspaceId, SourceId],
        hold: Hold,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self.database = database
        self.workspace_id, self.source_id = where
        self.hold = hold
        self.progress = progress
        self.read = self.new = self.duplicates = self.failed = 0
        self.before = 0  # bytes of the mailboxes that are done
        self.drop_read = (
            False  # positions are bytes of a file that was sent in, and what was read of it may go
        )
        self.began = monotonic()
        self.packing = Packing()

    def result(self) -> ImportResult:
        """What it did so far."""
        return ImportResult(self.read, self.new, self.duplicates, self.failed, monotonic() - self.began)

    def take(self, mailbox: Mailbox) -> None:
        """Import one mailbox from where an unfinished import of it stopped."""
        fingerprint = mailbox.fingerprint()
        position, messages = self._resume(mailbox.path, fingerprint)
        started, start = monotonic(), position
        for batch in _batches(mailbox.read(position)):
            position = batch[-1].position
            messages += len(batch)
            reached = self.before + mailbox.reached(position)
            self._store(batch, _Place(mailbox.path, fingerprint, position, messages, reached))
            seconds = monotonic() - started
            left = (
                seconds * (mailbox.total - position) / (position - start)
                if mailbox.total and position > start
                else None
            )
            rate = self.read / max(monotonic() - self.began, 1e-6)
            self.progress(Progress(mailbox.path, position, mailbox.total, self.read, rate, left))
        self.before += mailbox.size
        with self.database.transaction() as connection:
            self.hold.lock(connection)
            self._save(
                connection, _Place(mailbox.path, fingerprint, position, messages, self.before, finished=True)
            )

    def _resume(self, path: str, fingerprint: str) -> tuple[int, int]:
        values = {"source_id": self.source_id, "path": storable(path)}
        with self.database.transaction() as connection:
            found = connection.execute(SQL["progress_of"], values).fetchone()
        if found is None or found[0] != fingerprint:
            return 0, 0
        return int(found[1]), int(found[2])

    def _store(self, batch: Sequence[Piece], place: "_Place") -> None:
        readable = [piece for piece in batch if piece.raw]
        events = [self._event(piece.raw or b"", place.path) for piece in readable]
        failed = [_unread(piece) for piece in batch if not piece.whole]
        try:
            with self.database.transaction() as connection:
                self.hold.lock(connection)
                self._save(connection, place)
                received = receive(connection, events, lambda _: "bulk", self.packing)
                known = [
                    each.duplicate for each, piece in zip(received, readable, strict=True) if piece.whole
                ]
                step = Step(place.reached, len(known) - sum(known), sum(known), failed)
                self.hold.save(connection, step)
                if self.drop_read:
                    self.hold.drop_pieces(connection, place.position)
        except (psycopg.DataError, psycopg.IntegrityError):
            if len(batch) == 1:
                log("mail_refused", source_id=self.source_id, position=place.position)
                step = self._refused(batch[0], place)
            else:
                for piece in batch:  # one mail that the database refuses must not keep the others out
                    self._store([piece], place.at(piece, place.messages - len(batch)))
                return
        self.read += step.read
        self.new += step.new
        self.duplicates += step.duplicates
        self.failed += len(step.failed)

    def _refused(self, piece: Piece, place: "_Place") -> Step:
        """Pass over what the database never takes."""
        step = Step(place.reached, failed=[Unread(_place_of(piece), "refused")])
        with self.database.transaction() as connection:
            self.hold.lock(connection)
            self._save(connection, place)
            self.hold.save(connection, step)
        return step

    def _event(self, raw: bytes, path: str) -> NewEvent:
        return NewEvent(
            workspace_id=self.workspace_id,
            source_id=self.source_id,
            kind="mail",
            body=raw,
            envelope={"import": storable(Path(path).name)},
            idempotency_key=mail_key(raw),
            permanent=True,
        )

    def _save(self, connection: Connection, place: "_Place") -> None:
        values = {
            "workspace_id": self.workspace_id,
            "source_id": self.source_id,
            "path": storable(place.path),
            "fingerprint": place.fingerprint,
            "position": place.position,
            "messages": place.messages,
            "finished": place.finished,
        }
        connection.execute(SQL["save_progress"], values)


@dataclass(frozen=True, slots=True)
class _Place:
    """How far the import of one mailbox has come."""

    path: str
    fingerprint: str
    position: int
    messages: int
    reached: int  # bytes of all that is imported
    finished: bool = False

    def at(self, piece: Piece, messages: int) -> "_Place":
        """The place after one piece."""
        return replace(self, position=piece.position, messages=messages)


def _unread(piece: Piece) -> Unread:
    assert piece.trouble is not None
    return Unread(_place_of(piece), piece.trouble)


def _place_of(piece: Piece) -> str:
    """Where a person finds it: the file it was in and the how manieth message it was, or the byte it ends at."""
    return storable(f"{piece.name} · {piece.position}" if piece.name else f"byte {piece.position}")


def _batches(pieces: Iterator[Piece]) -> Iterator[list[Piece]]:
    batch: list[Piece] = []
    size = 0
    for piece in pieces:
        batch.append(piece)
        size += len(piece.raw or b"")
        if len(batch) >= _BATCH_MESSAGES or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
