"""Where large contents may lie outside the database: what an object store can do, and the one that is a folder."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol


class ObjectsAwayError(Exception):
    """The object store does not answer, or there is none; the message says which."""


class ObjectMissingError(Exception):
    """The object store has nothing under this name; it is the message."""


class Objects(Protocol):
    """Bytes by name. A name is written once and never anew; what `write` returned from survives a power cut."""

    @property
    def place(self) -> str:
        """Where that is, in words for the person who runs it."""

    def read(self, name: str) -> bytes:
        """Raises ObjectMissingError or ObjectsAwayError."""

    def write(self, name: str, content: bytes) -> None:
        """Raises ObjectsAwayError; then the object may be there or not."""

    def remove(self, names: Iterable[str]) -> None:
        """Remove what is there of these; raises ObjectsAwayError."""

    def holds(self, name: str) -> bool:
        """Whether there is such an object; raises ObjectsAwayError."""


class NoObjects:
    """No store is set: nothing was moved out, or it cannot be reached from here."""

    place = "nowhere"

    def read(self, name: str) -> bytes:
        """Always away."""
        raise ObjectsAwayError(f"{name} lies in an object store, and POSTHUS_OBJECT_STORE is not set")

    def write(self, name: str, content: bytes) -> None:
        """Always away."""
        raise ObjectsAwayError(f"{name}, {len(content)} bytes, has nowhere to go: no POSTHUS_OBJECT_STORE")

    def remove(self, names: Iterable[str]) -> None:
        """Always away."""
        raise ObjectsAwayError(
            f"{len(list(names))} objects lie in a store, and POSTHUS_OBJECT_STORE is not set"
        )

    def holds(self, name: str) -> bool:
        """Always away."""
        raise ObjectsAwayError(f"{name} lies in an object store, and POSTHUS_OBJECT_STORE is not set")


NO_OBJECTS = NoObjects()


class Folder:
    """A folder of this machine, or one that all machines have mounted."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def place(self) -> str:
        """The folder."""
        return str(self.root)

    def read(self, name: str) -> bytes:
        """The file's bytes."""
        try:
            return (self.root / name).read_bytes()
        except FileNotFoundError:
            if self.root.is_dir():
                raise ObjectMissingError(name) from None
            raise ObjectsAwayError(f"the folder {self.root} is not there") from None
        except OSError as error:
            raise ObjectsAwayError(str(error)) from error

    def write(self, name: str, content: bytes) -> None:
        """Written beside its place, synced, and put there in one step."""
        path = self.root / name
        unfinished = _unfinished(path)
        try:
            self._make(path.parent)
            with unfinished.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(path)
            _sync(path.parent)
        except OSError as error:
            raise ObjectsAwayError(str(error)) from error

    def remove(self, names: Iterable[str]) -> None:
        """Finished or not."""
        try:
            for name in names:
                for path in (self.root / name, _unfinished(self.root / name)):
                    path.unlink(missing_ok=True)
        except OSError as error:
            raise ObjectsAwayError(str(error)) from error

    def holds(self, name: str) -> bool:
        """Whether the file is there."""
        try:
            return (self.root / name).is_file()
        except OSError as error:
            raise ObjectsAwayError(str(error)) from error

    def _make(self, folder: Path) -> None:
        """The folder and those above it, each entry synced: else a power cut could take them with all in them."""
        if folder.is_dir():
            return
        if folder != self.root:
            self._make(folder.parent)
        folder.mkdir(parents=True, exist_ok=True)
        _sync(folder.parent)


def _unfinished(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
