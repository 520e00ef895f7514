"""What is accepted while the database is away: appended and synced here first, stored there later."""

import fcntl
import os
import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from posthus.database.identifiers import received_at
from posthus.intake.inbox import NewEvent
from posthus.intake.spool_segment import FRAME_BYTES, SALT_BYTES, frame, payload_of
from posthus.telemetry import Meter, log

SEGMENTS = "*.spool"
LOCK = "lock"
SET_ASIDE = "set-aside"


class SpoolFullError(Exception):
    """The spool may not or cannot grow; the message says why."""


@dataclass(frozen=True, slots=True)
class SpoolLimits:
    """Where spools are kept, how many bytes all of them may take, and how many must stay free on the disk."""

    root: Path
    largest: int = 4_000_000_000
    free: int = 500_000_000
    segment: int = 16_000_000


class Spooling(NamedTuple):
    """What a process needs to accept without the database; the meter counts `spool.appended` and so on."""

    limits: SpoolLimits
    meter: Meter


class Level(NamedTuple):
    """How much waits in a spool, and since when (seconds since 1970, 0 where nothing waits)."""

    events: int
    size: int
    since: float


@dataclass(slots=True)
class _Segment:
    path: Path
    salt: bytes
    handle: int
    size: int = 0
    events: int = 0
    since: float = 0.0


class Spool:
    """One process's folder of segments; made when it is first needed, held by a lock while the process lives.

    Each segment is appended to and synced by one process, sealed, stored, and only then removed.
    """

    def __init__(self, limits: SpoolLimits) -> None:
        self.limits = limits
        self.folder: Path | None = None
        self._lock = threading.Lock()
        self._held = -1
        self._active: _Segment | None = None
        self._sealed: dict[Path, _Segment] = {}
        self._sequence = 0
        self._others = 0  # bytes of every spool when the active segment was begun

    def append(self, events: Sequence[NewEvent]) -> None:
        """Return once the events are on the disk; raises SpoolFullError.

        A segment whose write or sync failed is never written to again: what the kernel made of its pages
        cannot be known. The events then go, once, to a new one.
        """
        with self._lock:
            payloads = [payload_of(event) for event in events]
            size = sum(map(len, payloads)) + FRAME_BYTES * len(payloads)
            since = received_at(events[0].event_id).timestamp()
            try:
                segment = self._roomy(size)
                try:
                    self._write(segment, payloads, since)
                except OSError as error:
                    log("spool_segment_failed", segment=segment.path.name, error=str(error))
                    self._seal()
                    self._write(self._roomy(size), payloads, since)
            except OSError as error:
                self._seal()
                raise SpoolFullError(f"the spool cannot be written: {error.strerror}") from error

    def sealed(self) -> list[Path]:
        """Seal what is written to now; every segment to be stored, oldest first."""
        with self._lock:
            self._seal()
            return list(self._sealed)

    def forget(self, path: Path) -> None:
        """A segment has been stored and removed."""
        with self._lock:
            self._sealed.pop(path, None)

    def level(self) -> Level:
        """How much waits here now."""
        with self._lock:
            segments = [*self._sealed.values(), *([self._active] if self._active else [])]
        since = min((each.since for each in segments if each.events), default=0.0)
        return Level(sum(each.events for each in segments), sum(each.size for each in segments), since)

    def refusal(self) -> str | None:
        """Why nothing could be appended now, or None."""
        try:
            self._check_room(0)
        except (OSError, SpoolFullError) as error:
            return str(error)
        return None

    def close(self) -> None:
        """Let go; what was not stored is left for whoever comes next."""
        with self._lock:
            self._seal()
            if self.folder is not None and not self._sealed:
                remove_folder(self.folder)
            if self._held >= 0:
                os.close(self._held)
            self.folder, self._held = None, -1

    def _roomy(self, size: int) -> _Segment:
        """The segment to append to; a new one where there is none or it is full."""
        if self._active is not None and self._active.size + size > self.limits.segment:
            self._seal()
        if self._active is None:
            self._others = used_bytes(self.limits.root)
        self._check_room(size)
        if self._active is None:
            self._active = self._begin()
        return self._active

    def _check_room(self, size: int) -> None:
        own = self._active.size if self._active is not None else 0
        if self._others + own + size > self.limits.largest:
            raise SpoolFullError(f"the spool holds {self._others + own} bytes, which is its limit")
        place = next(each for each in (self.limits.root, *self.limits.root.parents) if each.exists())
        disk = os.statvfs(place)
        if disk.f_bavail * disk.f_frsize - size < self.limits.free:
            raise SpoolFullError("too little of the disk is free")

    def _begin(self) -> _Segment:
        if self.folder is None:
            self.folder, self._held = _claim(self.limits.root)
        salt = secrets.token_bytes(SALT_BYTES)
        path = self.folder / f"{self._sequence:012}-{salt.hex()}.spool"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        segment = _Segment(path, salt, handle)
        try:
            sync_folder(self.folder)
        except OSError:
            os.close(handle)
            path.unlink(missing_ok=True)
            raise
        log("spool_segment_begun", segment=path.name)
        return segment

    def _write(self, segment: _Segment, payloads: Sequence[bytes], since: float) -> None:
        numbered = enumerate(payloads, self._sequence)
        frames = b"".join(frame(segment.salt, sequence, payload) for sequence, payload in numbered)
        self._sequence += len(payloads)
        content = memoryview(frames)
        try:
            while content:
                content = content[os.write(segment.handle, content) :]
            os.fdatasync(segment.handle)
        except OSError:
            with suppress(OSError):  # nobody was told yes for these; without them the tail is not torn
                os.ftruncate(segment.handle, segment.size)
            raise
        segment.since = segment.since or since
        segment.size += len(frames)
        segment.events += len(payloads)

    def _seal(self) -> None:
        segment, self._active = self._active, None
        if segment is None:
            return
        os.close(segment.handle)
        if segment.events:
            self._sealed[segment.path] = segment
        else:
            segment.path.unlink(missing_ok=True)


def _claim(root: Path) -> tuple[Path, int]:
    """A new folder of this process's own, and the lock that says so while it lives."""
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    while True:
        folder = root / f"{os.getpid()}-{secrets.token_hex(6)}"
        folder.mkdir(mode=0o700)
        held = lock_folder(folder)
        if held is not None:
            sync_folder(root)
            return folder, held


def lock_folder(folder: Path) -> int | None:
    """A lock that ends with the process, or None where somebody else has it or the folder is gone."""
    try:
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Whoever had it may have removed the folder in between.
        if os.fstat(handle).st_ino == (folder / LOCK).stat().st_ino:
            return handle
    except OSError:
        pass
    os.close(handle)
    return None


@contextmanager
def orphans(root: Path) -> Iterator[list[Path]]:
    """The folders whose process is gone, held while the block lasts; those left empty are removed."""
    found = {}
    try:
        for folder in sorted(root.iterdir()) if root.is_dir() else ():
            if folder.is_dir() and folder.name != SET_ASIDE and (held := lock_folder(folder)) is not None:
                found[folder] = held
        yield list(found)
    finally:
        for folder, held in found.items():
            if not any(folder.glob(SEGMENTS)):
                remove_folder(folder)
            os.close(held)


def remove_folder(folder: Path) -> None:
    """Remove a folder that has nothing but its lock."""
    with suppress(OSError):
        (folder / LOCK).unlink(missing_ok=True)
        folder.rmdir()


def set_aside(root: Path, path: Path) -> None:
    """Keep a file that could not be read completely, for a person to look at."""
    kept = root / SET_ASIDE
    kept.mkdir(exist_ok=True, mode=0o700)
    path.rename(kept / f"{path.parent.name}-{path.name}")
    sync_folder(kept)


def used_bytes(root: Path) -> int:
    """What every file under the root takes."""
    total = 0
    for path in root.rglob("*"):
        with suppress(OSError):  # removed meanwhile by whoever stored it
            seen = path.stat()
            total += seen.st_size if S_ISREG(seen.st_mode) else 0
    return total


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
