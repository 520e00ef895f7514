"""Writes compound files (MS-CFB, version 3), so that tests can make what Outlook saves."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Tree = Mapping[str, "Tree | bytes"]
SECTOR, SMALL, LEAST = 512, 64, 4096
END, NONE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


class _Chains:
    """Sectors of one size and the table that chains them."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.content = b""
        self.table: list[int] = []

    def add(self, content: bytes) -> int:
        """The first sector of a stream; END for an empty one."""
        count = -(-len(content) // self.size)
        first = len(self.table)
        self.table += [*range(first + 1, first + count), END] if count else []
        self.content += content.ljust(count * self.size, b"\0")
        return first if count else END


def compound_file(tree: Tree) -> bytes:
    """A file with these storages and streams."""
    large, small = _Chains(SECTOR), _Chains(SMALL)
    entries = [_Entry("Root Entry", 5)]
    _put(entries, 0, tree, (small, large))
    entries[0].first, entries[0].size = large.add(small.content), len(small.content)
    small_table = large.add(_words(small.table, SECTOR))
    directory = large.add(b"".join(one.written() for one in entries))
    tables = 1
    while tables * SECTOR // 4 < len(large.table) + tables:
        tables += 1
    start = len(large.table)
    table = _words([*large.table, *[TABLE] * tables], SECTOR).ljust(tables * SECTOR, b"\xff")
    begins = struct.pack("<8s16xHHHHH6x", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6)
    small_sectors = -(-len(small.table) * 4 // SECTOR)
    places = struct.pack("<9I", 0, tables, directory, 0, LEAST, small_table, small_sectors, END, 0)
    tables_at = struct.pack(f"<{tables}I", *range(start, start + tables)).ljust(436, b"\xff")
    return begins + places + tables_at + large.content + table


def _put(entries: list["_Entry"], parent: int, inside: Tree, chains: tuple[_Chains, _Chains]) -> None:
    before = -1
    for name, value in inside.items():
        number = len(entries)
        if isinstance(value, bytes):
            first = chains[len(value) >= LEAST].add(value)
            entries.append(_Entry(name, 2, first=first, size=len(value)))
        else:
            entries.append(_Entry(name, 1))
            _put(entries, number, value, chains)
        if before < 0:
            entries[parent].child = number
        else:
            entries[before].right = number
        before = number


@dataclass(slots=True)
class _Entry:
    """A storage or a stream in the directory; its brothers hang on each other's right."""

    name: str
    kind: int
    right: int = NONE
    child: int = NONE
    first: int = END
    size: int = 0

    def written(self) -> bytes:
        """As the directory has it."""
        name = self.name.encode("utf-16-le")
        brothers = (self.kind, 1, NONE, self.right, self.child)
        return struct.pack("<64sHBBIII16xI8x8xIQ", name, len(name) + 2, *brothers, 0, self.first, self.size)


def _words(numbers: Sequence[int], multiple: int) -> bytes:
    packed = struct.pack(f"<{len(numbers)}I", *numbers)
    return packed + b"\xff" * (-len(packed) % multiple)
