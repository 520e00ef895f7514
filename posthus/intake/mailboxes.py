"""Mail on disk: which messages a path holds, in an order that is the same every time."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from posthus.intake.archives import ARCHIVES, BEGINNING, Archive, read_message
from posthus.intake.contents import Content, DiskFile, OneFile
from posthus.intake.mbox import Piece, is_mbox, is_message, read_mbox

MESSAGES = (".eml", ".msg")
_OUTLOOK_STORES = (".pst", ".ost")


class MailboxError(Exception):
    """There is no mail to import; the message says why, `reason` in one word for a screen."""

    def __init__(self, message: str, reason: Literal["no_mail", "outlook_store"] = "no_mail") -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class MboxFile(OneFile):
    """An mbox; positions are bytes."""

    total: int

    def reached(self, position: int) -> int:
        """How many bytes were read up to a position."""
        return position

    def read(self, position: int) -> Iterator[Piece]:
        """The messages from the byte `position` on."""
        with self.content.open() as file:
            file.seek(position)
            yield from read_mbox(file, position)


@dataclass(frozen=True, slots=True)
class OneMessage(OneFile):
    """A file that is one message; the position is 0, or 1 after it."""

    total: int = 1

    def reached(self, position: int) -> int:
        """Nothing, or all of it."""
        return self.size * position

    def read(self, position: int) -> Iterator[Piece]:
        """The message, unless it was read."""
        if position == 0:
            with self.content.open() as file:
                yield read_message(file, 1)


@dataclass(frozen=True, slots=True)
class Folder:
    """A Maildir or a folder of message files; positions count files."""

    path: str
    size: int  # bytes of all files together
    files: Sequence[str] = field(repr=False)

    @property
    def total(self) -> int:
        """How many messages."""
        return len(self.files)

    def reached(self, position: int) -> int:
        """About how many bytes the files up to a position have."""
        return self.size * position // self.total

    def fingerprint(self) -> str:
        """The names in their order: mail of this kind does not change without a new name."""
        return hashlib.sha256("\0".join(self.files).encode("utf-8", "surrogateescape")).hexdigest()

    def read(self, position: int) -> Iterator[Piece]:
        """The messages from file number `position` on."""
        for number, name in enumerate(self.files[position:], position + 1):
            try:
                with Path(name).open("rb", buffering=0) as file:
                    piece = read_message(file, number)
            except OSError:
                piece = Piece(None, number, "unreadable")
            yield Piece(piece.raw, number, piece.trouble, name)


# What is read from front to back and taken up again at a position: 0, or one that a message came with.
# A changed fingerprint means that an earlier position has no meaning any more.
Mailbox = MboxFile | OneMessage | Folder | Archive


def refuse_stores(name: str) -> None:
    """Raise MailboxError where the name says that it is a store of Outlook's."""
    if name.lower().endswith(_OUTLOOK_STORES):
        raise MailboxError(
            f"{name[-4:]} files cannot be read; `readpst` (pst-utils) makes mbox files of them",
            "outlook_store",
        )


def find_mailboxes(path: Path) -> list[Mailbox]:
    """What there is to read at a path, in a fixed order; raises MailboxError where there is nothing."""
    path = path.resolve()
    if path.is_dir():
        found = _in_folder(path)
        if not found:
            raise MailboxError(f"{path} holds no mail (mbox, Maildir, .eml, .msg, zip or tar of these)")
        return found
    if not path.exists():
        raise MailboxError(f"{path} does not exist")
    return [mailbox_of(DiskFile(str(path)))]


def mailbox_of(content: Content) -> Mailbox:
    """How a file is to be read; raises MailboxError where it holds no mail that can be."""
    kind = kind_of(content.name, _beginning(content))
    if kind == "archive":
        return Archive(content)
    return MboxFile(content, content.size) if kind == "mbox" else OneMessage(content)


def kind_of(name: str, beginning: bytes) -> Literal["archive", "mbox", "message"]:
    """What a file is by its name and its first 4,096 bytes; raises MailboxError where it holds no mail."""
    refuse_stores(name)
    lower = name.lower()
    if lower.endswith(ARCHIVES):
        return "archive"
    if is_mbox(beginning) and not lower.endswith(MESSAGES):
        return "mbox"
    if lower.endswith(MESSAGES) or is_message(beginning):
        return "message"
    raise MailboxError(f"{name} is no mail that can be read (mbox, Maildir, .eml, .msg, zip or tar of these)")


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
            try:
                mailbox = mailbox_of(DiskFile(path)) if Path(path).is_file() else None
            except MailboxError:
                continue
            if isinstance(mailbox, OneMessage):
                messages.append(path)
            elif mailbox is not None:
                others.append(mailbox)
    together = [Folder(str(folder), sum(map(_size, messages)), messages)] if messages else []
    return [*together, *others]


def _size(name: str) -> int:
    try:
        return Path(name).stat().st_size
    except OSError:
        return 0


def _beginning(content: Content) -> bytes:
    try:
        with content.open() as file:
            return file.read(BEGINNING)
    except OSError:
        return b""
