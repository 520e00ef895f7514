"""The object store of this process, who tends it, and what is told of it."""

import logging
import threading
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from posthus import telemetry
from posthus.app.object_settings import ObjectSettings
from posthus.app.settings import Settings
from posthus.database.pool import Database
from posthus.operations.doctor import Finding
from posthus.operations.sampling import Pace, keep_running
from posthus.originals.moving import Places, check_store, places, tend_objects
from posthus.originals.objects import NO_OBJECTS, Folder, ObjectMissingError, Objects, ObjectsAwayError

LATE = 86_400.0  # seconds that a file may wait to be moved before the doctor worries


def objects_of(settings: Settings) -> Objects:
    """The store that is set, not asked for anything yet."""
    place = settings.objects.place
    if place is None:
        return NO_OBJECTS
    if isinstance(place, Path):
        return Folder(place)
    from posthus.originals.bucket import Bucket  # noqa: PLC0415 - 15 MB that only who uses a bucket needs

    return Bucket(place.bucket, place.prefix, place.endpoint)


class ObjectKeeper:
    """Moves large files to the store and back, and removes there what nothing stands for any more."""

    def __init__(
        self, database: Database, objects: Objects, settings: ObjectSettings, meter: telemetry.Meter
    ) -> None:
        self.database = database
        self.objects = objects
        self.settings = settings
        self.meter = meter
        self.pace = Pace(60.0)
        self._seen: Places | None = None

    def run(self, stop: threading.Event) -> None:
        """Tend it until asked to stop; a store that is away is waited for: whatever has come is in the database."""
        self.meter.watch(self.levels)
        keep_running("objects", lambda: self.run_once(stop), self.pace, stop)

    def levels(self) -> dict[str, float]:
        """What lay where after the last round, for the numbers of the process."""
        seen = self._seen
        if seen is None:
            return {}
        return {
            "objects.files": seen.files,
            "objects.bytes": seen.bytes,
            "objects.waiting": seen.waiting,
            "objects.waiting_seconds": seen.waiting_seconds,
        }

    def run_once(self, stop: threading.Event) -> None:
        """One round."""
        self._tend(stop)
        self._seen = places(self.database, self.settings.rule)

    def _tend(self, stop: threading.Event) -> None:
        try:
            done = tend_objects(self.database, self.objects, self.settings.rule, stop)
        except ObjectsAwayError as error:
            telemetry.log("objects_away", level=logging.WARNING, reason=str(error))
            return
        if done.moved or done.returned or done.removed:
            telemetry.log("objects_tended", moved=done.moved, returned=done.returned, removed=done.removed)


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """What `posthus status --json` says of the store; `place` is None without one."""

    place: str | None
    files: int
    bytes: int
    waiting: int
    waiting_bytes: int
    removing: int

    @property
    def sentence(self) -> str:
        """For people."""
        told = f"{self.files:,} files, {self.bytes / 1e6:,.1f} MB in {self.place or 'an object store that is not set'}"
        waiting = (
            f"; {self.waiting:,} to be moved, {self.waiting_bytes / 1e6:,.1f} MB" if self.waiting else ""
        )
        return told + waiting + (f"; {self.removing:,} to be removed" if self.removing else "")


def store_status(settings: Settings, database: Database) -> StoreStatus | None:
    """How much lies in the store; None where there is none and never was."""
    found = places(database, settings.objects.rule)
    if settings.objects.place is None:
        return _status(None, found) if found.files else None
    return _status(objects_of(settings).place, found)


def _status(place: str | None, found: Places) -> StoreStatus:
    return StoreStatus(place, found.files, found.bytes, found.waiting, found.waiting_bytes, found.loose)


def object_finding(settings: Settings, database: Database) -> Finding:
    """For the doctor: whether the store keeps and gives back, and whether it is the right one."""
    found = places(database, settings.objects.rule)
    if settings.objects.place is None:
        return _without(found)
    objects = objects_of(settings)
    try:
        check_store(database, objects)
        _try(objects)
    except ObjectsAwayError as error:
        return Finding("object store", "broken", str(error), "see docs/hosting.md, Large files elsewhere")
    status = _status(objects.place, found)
    if found.waiting and found.waiting_seconds > LATE:
        advice = "start posthus up or posthus run operations, and look for objects_away in its log"
        return Finding("object store", "warning", status.sentence, advice)
    return Finding("object store", "fine", status.sentence)


def _without(found: Places) -> Finding:
    if not found.files:
        return Finding("object store", "fine", "none: files are in the database")
    detail = f"{found.files:,} files lie in one, and POSTHUS_OBJECT_STORE is not set"
    return Finding(
        "object store", "broken", detail, "set it for every process, as it was when they were moved"
    )


def _try(objects: Objects) -> None:
    name, content = f"doctor/{uuid4()}", b"posthus doctor wrote this and removes it"
    objects.write(name, content)
    try:
        if objects.read(name) != content:
            raise ObjectsAwayError(f"{objects.place} gives back other bytes than it was given")
    except ObjectMissingError:
        raise ObjectsAwayError(f"{objects.place} has not kept what it was given") from None
    finally:
        objects.remove([name])
