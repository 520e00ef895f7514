"""Mail on disk: which messages a path holds, in an order that is the same every time."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from posthus.intake.archives import ARCHIVES, Archive, read_message, stamp
from posthus.intake.mbox import Piece, is_mbox, is_message, read_mbox

MESSAGES = (".eml", ".msg")
_OUTLOOK_STORES = (".pst", ".ost")


class MailboxError(Exception):
    """There is no mail to import at a path; the message says why."""


@dataclass(frozen=True, slots=True)
class MboxFile:
    """An mbox; positions are bytes."""

    path: str
    total: int

    def fingerprint(self) -> str:
        """Size and time of change."""
        return stamp(self.path)

    def read(self, position: int) -> Iterator[Piece]:
        """The messages from the byte `position` on."""
        with Path(self.path).open("rb") as file:
            file.seek(position)
            yield from read_mbox(file, position)


@dataclass(frozen=True, slots=True)
class Folder:
    """A Maildir or a folder of message files (or one file); positions count files."""

    path: str
    files: Sequence[str] = field(repr=False)

    @property
    def total(self) -> int:
        """How many messages."""
        return len(self.files)

    def fingerprint(self) -> str:
        """The names in their order: mail of this kind does not change without a new name."""
        return hashlib.sha256("\0".join(self.files).encode("utf-8", "surrogateescape")).hexdigest()

    def read(self, position: int) -> Iterator[Piece]:
        """The messages from file number `position` on."""
        for number, name in enumerate(self.files[position:], position + 1):
            try:
                with Path(name).open("rb", buffering=0) as file:
                    yield read_message(file, number)
            except OSError:
                yield Piece(None, number, whole=False)


# What is read from front to back and taken up again at a position: 0, or one that a message came with.
# A changed fingerprint means that an earlier position has no meaning any more.
Mailbox = MboxFile | Folder | Archive


def find_mailboxes(path: Path) -> list[Mailbox]:
    """What there is to read at a path, in a fixed order; raises MailboxError where there is nothing."""
    path = path.resolve()
    name = path.name.lower()
    if path.is_dir():
        found = _in_folder(path)
        if not found:
            raise MailboxError(f"{path} holds no mail (mbox, Maildir, .eml, .msg, zip or tar of these)")
        return found
    if not path.exists():
        raise MailboxError(f"{path} does not exist")
    if name.endswith(_OUTLOOK_STORES):
        raise MailboxError(
            f"{path.suffix} files cannot be read; `readpst` (pst-utils) makes mbox files of them"
        )
    found = _of_file(path, name)
    if not found:
        raise MailboxError(
            f"{path} is no mail that can be read (mbox, Maildir, .eml, .msg, zip or tar of these)"
        )
    return found


def _of_file(path: Path, name: str) -> list[Mailbox]:
    if name.endswith(ARCHIVES):
        return [Archive(str(path))]
    beginning = _beginning(path)
    if is_mbox(beginning) and not name.endswith(MESSAGES):
        return [MboxFile(str(path), path.stat().st_size)]
    if name.endswith(MESSAGES) or is_message(beginning):
        return [Folder(str(path), [str(path)])]
    return []


def _in_folder(folder: Path) -> list[Mailbox]:
    messages: list[str] = []
    others: list[Mailbox] = []
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "tmp")
        in_maildir = Path(place).name in ("cur", "new")
        for name in sorted(files):
            lower = name.lower()
            if name.startswith(".") or lower.endswith(_OUTLOOK_STORES):
                continue
            path = f"{place}{os.sep}{name}"
            if in_maildir or lower.endswith(MESSAGES):
                messages.append(path)
                continue
            for mailbox in _of_file(Path(path), lower) if Path(path).is_file() else ():
                if isinstance(mailbox, Folder):
                    messages.append(path)
                else:
                    others.append(mailbox)
    return [*([Folder(str(folder), messages)] if messages else []), *others]


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(4096)
    except OSError:
        return b""
