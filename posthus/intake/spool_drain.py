"""Storing what waits in spools, as soon as the database takes it: the own one, and those of dead processes."""

import mmap
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import uniform
from time import monotonic
from typing import NamedTuple

import psycopg

from posthus.intake.connection import DatabaseAwayError, OwnConnection
from posthus.intake.inbox import SQL, NewEvent, alone, receive
from posthus.intake.source_copy import SourceCopy
from posthus.intake.spool import SEGMENTS, SET_ASIDE, Level, Spool, orphans, set_aside, sync_folder
from posthus.intake.spool_segment import Bytes, Record, frame, payload_of, record, scan
from posthus.originals.dictionaries import Packing
from posthus.queue.lanes import Bursts
from posthus.telemetry import Meter, log

PAUSE_SECONDS = 0.5  # between two looks whether the database is back
ORPHANS_SECONDS = 5.0
REFRESH_SECONDS = 10.0  # between two looks at who may send
_BATCH_EVENTS = 500
_BATCH_BYTES = 8_000_000


class Own(NamedTuple):
    """What a process has on its disk, and where it counts."""

    spool: Spool
    copy: SourceCopy
    meter: Meter


class Drain:
    """One thread; `back` is called from it when the database takes events again.

    What arrives afterwards does not wait for the spool: filing depends on no order (see docs/intake.md).
    """

    def __init__(self, own: Own, connection: OwnConnection, back: Callable[[], None]) -> None:
        self.spool, self.copy, self.meter = own
        self.connection = connection
        self.back = back
        self._bursts = Bursts()  # what waited long must not hold up what comes now
        self._packing = Packing()
        self._refresh_at = 0.0
        self._away = False
        self._wake = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="spool-drain", daemon=True)

    def start(self) -> None:
        """Begin with what an earlier process left."""
        self._thread.start()

    def away(self) -> None:
        """Events go to the spool: look for the database until it is back."""
        self._away = True
        self._wake.set()

    def close(self) -> None:
        """End the thread and its connection; what was not stored is left to whoever comes next."""
        self._closing = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        self.connection.close()

    def _run(self) -> None:
        while not self._closing:
            # Cleared before the look, so that what comes during it is looked at next.
            self._wake.clear()
            try:
                self.turn()
            except DatabaseAwayError:
                self._wake.clear()
            except OSError as error:
                log("spool_not_read", error=str(error))
            if not self._closing:
                waiting = self._away or self.spool.level().events
                self._wake.wait(uniform(0.8, 1.2) * (PAUSE_SECONDS if waiting else ORPHANS_SECONDS))

    def turn(self) -> None:
        """Store everything that waits, the own spool first; raises DatabaseAwayError."""
        if self._away:
            self.connection.run(_writable)
        own = self.spool.sealed()
        if not own:
            self._returned()
        if monotonic() >= self._refresh_at:
            self.connection.run(self.copy.refresh)
            self._refresh_at = monotonic() + REFRESH_SECONDS
        for path in own:
            self._store_segment(path)
            self.spool.forget(path)
        with orphans(self.spool.limits.root) as folders:
            for folder in folders:
                for path in sorted(folder.glob(SEGMENTS)):
                    log("spool_adopted", segment=path.name)
                    self._store_segment(path)

    def _returned(self) -> None:
        if self._away:
            self._away = False
            self.back()

    def _store_segment(self, path: Path) -> None:
        """Store every undamaged event of a segment, then remove it, or keep it where some of it is damaged."""
        stored = unread = 0
        with mapped(path) as content:
            found = scan(_salt(path), content)
            batch: list[Record] = []
            size = 0
            for place in found.frames:
                one = record(content, place)
                if one is None:
                    unread += 1
                    continue
                if batch and (len(batch) >= _BATCH_EVENTS or size + len(one.event.body) > _BATCH_BYTES):
                    stored += self._store(batch)
                    batch, size = [], 0
                batch.append(one)
                size += len(one.event.body)
            stored += self._store(batch)
        if found.damaged_bytes or unread:
            log("spool_damaged", segment=path.name, damaged_bytes=found.damaged_bytes, unread=unread)
            self.meter.add("spool.damaged_bytes", found.damaged_bytes)
            set_aside(self.spool.limits.root, path)
        else:
            path.unlink()
        log("spool_stored", segment=path.name, events=stored)

    def _store(self, records: Sequence[Record]) -> int:
        if self._closing:
            raise DatabaseAwayError("closing")
        if not records:
            return 0
        events = [each.event for each in records]
        try:
            received = self.connection.run(
                lambda connection: receive(connection, events, self._bursts.lane, self._packing),
                statement=alone(events),
            )
        except (psycopg.DataError, psycopg.IntegrityError, ValueError, OverflowError) as error:
            if len(records) > 1:
                # One poisoned event must not fail its neighbours: halves, until it stands alone.
                middle = len(records) // 2
                return self._store(records[:middle]) + self._store(records[middle:])
            log("spooled_event_refused", event_id=events[0].event_id, error=type(error).__name__)
            self._keep(events[0])
            return 0
        self._returned()
        new = sum(not each.duplicate for each in received)
        self.meter.add("spool.stored", new)
        self.meter.add("spool.repeated", len(received) - new)
        return new

    def _keep(self, event: NewEvent) -> None:
        """An event that was accepted and that the database will never take: kept as a segment of its own."""
        kept = self.spool.limits.root / SET_ASIDE
        kept.mkdir(exist_ok=True, mode=0o700)
        salt = event.event_id.bytes
        path = kept / f"refused-{salt.hex()}.spool"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(frame(salt, 0, payload_of(event)))
            file.flush()
            os.fsync(file.fileno())
        sync_folder(kept)


def events_of(path: Path) -> list[NewEvent]:
    """Every undamaged event of a segment, in the order they were appended."""
    with mapped(path) as content:
        found = (record(content, place) for place in scan(_salt(path), content).frames)
        return [each.event for each in found if each is not None]


def survey(root: Path) -> tuple[Level, int]:
    """What waits in every spool under the root, as seen from outside, and the bytes that were set aside."""
    size = aside = 0
    since = 0.0
    for path in root.glob(f"*/{SEGMENTS}"):
        try:
            seen = path.stat()
        except FileNotFoundError:
            continue
        if path.parent.name == SET_ASIDE:
            aside += seen.st_size
        else:
            size += seen.st_size
            since = min(since or seen.st_mtime, seen.st_mtime)
    return Level(0, size, since), aside


@contextmanager
def mapped(path: Path) -> Iterator[Bytes]:
    """The bytes of a file, read as they are looked at."""
    with path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            yield b""
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            yield content


def _salt(path: Path) -> bytes:
    """A segment's name ends with its salt; a name that does not fits no frame, so all of it is set aside."""
    try:
        return bytes.fromhex(path.stem.rpartition("-")[2])[:64] or b"\0"
    except ValueError:
        return b"\0"


def _writable(connection: psycopg.Connection) -> None:
    found = connection.execute(SQL["writable"]).fetchone()
    if found is None or not found[0]:
        raise DatabaseAwayError("the database is read-only")
