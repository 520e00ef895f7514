"""Address lists (RFC 5322, section 3.4), read leniently and in linear time."""

import re
from dataclasses import dataclass, field

from posthus.conversations.headers import CONTROL, SPACE, decode_words
from posthus.conversations.parsed import MAX_ADDRESSES, Address

MAX_LIST_BYTES = 1_000_000
MAX_NAME_CHARACTERS = 500
MAX_ADDRESS_CHARACTERS = 500

SPECIAL = re.compile(rb'["(<:]|[,;](?:[ \t]*[,;])*')
FOLD = re.compile(rb"[\r\n]+[ \t]*")
PARENTHESIS = re.compile(rb"\\.|[()]", re.DOTALL)
ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


@dataclass(slots=True)
class Mailbox:
    """One address while it is being read."""

    words: list[bytes] = field(default_factory=list)
    comments: list[bytes] = field(default_factory=list)
    angle: bytes | None = None

    def finish(self) -> Address | None:
        """The address, or None for nothing at all."""
        name = b"".join(self.words).strip()
        if self.angle is None:
            name, address = split_bare(name)
        else:
            address = self.angle
        if not name and self.comments:
            name = self.comments[-1]
        shown = CONTROL.sub(" ", decode_words(SPACE.sub(b" ", name))).strip()[:MAX_NAME_CHARACTERS]
        if len(shown) > 1 and shown[0] == shown[-1] == "'":
            shown = shown[1:-1].strip()
        written = CONTROL.sub("", decode_words(clean_address(address)))[:MAX_ADDRESS_CHARACTERS]
        return Address(shown, written) if shown or written else None


def split_bare(text: bytes) -> tuple[bytes, bytes]:
    """Name and address of an entry without angle brackets: the last word with an @ is the address."""
    words = text.split()
    if len(words) == 1:
        return b"", words[0]
    for index in range(len(words) - 1, -1, -1):
        if b"@" in words[index]:
            return b" ".join(words[:index] + words[index + 1 :]), words[index]
    return text, b""


def clean_address(address: bytes) -> bytes:
    """Without spaces, an obsolete source route, `mailto:` or doubled brackets."""
    compact = SPACE.sub(b"", address).strip(b"<>")
    if compact.startswith(b"@") and b":" in compact:
        compact = compact.split(b":", 1)[1]
    if compact[:7].lower() == b"mailto:":
        compact = compact[7:]
    return compact


class Scanner:
    """Walks over a list once; a bracket or quote that never closes is taken as a plain character from then on."""

    __slots__ = ("found", "limit", "mailbox", "plain", "position", "value")

    def __init__(self, value: bytes, limit: int) -> None:
        self.value = value
        self.limit = limit
        self.position = 0
        self.plain: set[int] = set()
        self.mailbox = Mailbox()
        self.found: list[Address] = []

    def run(self) -> tuple[Address, ...]:
        """All addresses up to the limit."""
        while len(self.found) < self.limit:
            special = SPECIAL.search(self.value, self.position)
            stop = len(self.value) if special is None else special.start()
            if stop > self.position:
                self.mailbox.words.append(self.value[self.position : stop])
            if special is None:
                self.flush()
                break
            self.position = special.end()
            self.take(self.value[stop])
        return tuple(self.found)

    def flush(self) -> None:
        """Ends the current entry."""
        address = self.mailbox.finish()
        if address is not None:
            self.found.append(address)
        self.mailbox = Mailbox()

    def take(self, character: int) -> None:
        """Handles the special character just before `position`."""
        if character in b",;":
            self.flush()
        elif character == 0x3A:
            self.colon()
        elif character in self.plain or not self.enclosed(character):
            self.plain.add(character)
            if character == 0x22:
                return
            self.mailbox.words.append(bytes([character]))

    def colon(self) -> None:
        """A group's name ends here (it is no address), unless an @ came before."""
        if self.mailbox.angle is None and not any(b"@" in word for word in self.mailbox.words):
            self.mailbox = Mailbox()
        else:
            self.mailbox.words.append(b":")

    def enclosed(self, character: int) -> bool:
        """Reads a quoted string, a comment or an angle address; False when it never closes."""
        start = self.position
        if character == 0x28:
            return self.comment(start)
        if character == 0x3C:
            stop = self.value.find(b">", start)
            if stop == -1:
                return False
            if self.mailbox.angle is None or b"@" not in self.mailbox.angle:
                self.mailbox.angle = self.value[start:stop].rsplit(b"<", 1)[-1]
            self.position = stop + 1
            return True
        stop = start
        while True:
            stop = self.value.find(b'"', stop)
            if stop == -1:
                return False
            before = stop
            while before > start and self.value[before - 1] == 0x5C:
                before -= 1
            if (stop - before) % 2 == 0:
                break
            stop += 1
        quoted = self.value[start:stop]
        # A local part in quotes keeps them; a name does not.
        if self.value[stop + 1 : stop + 2] == b"@":
            self.mailbox.words.append(b'"' + quoted + b'"')
        else:
            self.mailbox.words.append(ESCAPED.sub(rb"\1", quoted))
        self.position = stop + 1
        return True

    def comment(self, start: int) -> bool:
        """A comment, possibly nested."""
        depth = 1
        for mark in PARENTHESIS.finditer(self.value, start):
            if mark.group() == b"(":
                depth += 1
            elif mark.group() == b")":
                depth -= 1
            if depth == 0:
                self.mailbox.comments.append(ESCAPED.sub(rb"\1", self.value[start : mark.start()]).strip())
                self.position = mark.end()
                return True
        return False


def parse_addresses(value: bytes | None, limit: int = MAX_ADDRESSES) -> tuple[Address, ...]:
    """The addresses of a field's value, at most `limit`."""
    if not value:
        return ()
    return Scanner(FOLD.sub(b" ", value[:MAX_LIST_BYTES]), limit).run()
