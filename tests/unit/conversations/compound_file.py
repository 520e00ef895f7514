"""Writes compound files (MS-CFB, version 3), so that tests can make what Outlook saves."""

import struct
from collections.abc import Mapping, Sequence

Tree = Mapping[str, "Tree | bytes"]
SECTOR, SMALL, LEAST = 512, 64, 4096
END, FREE, NONE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFD


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
    entries: list[list[object]] = [["Root Entry", 5, NONE, NONE, END, 0]]

    def put(parent: int, inside: Tree) -> None:
        before = -1
        for name, value in inside.items():
            number = len(entries)
            if isinstance(value, bytes):
                chains = large if len(value) >= LEAST else small
                entries.append([name, 2, NONE, NONE, chains.add(value), len(value)])
            else:
                entries.append([name, 1, NONE, NONE, END, 0])
                put(number, value)
            if before < 0:
                entries[parent][3] = number
            else:
                entries[before][2] = number
            before = number

    put(0, tree)
    entries[0][4], entries[0][5] = large.add(small.content), len(small.content)
    small_table = large.add(_words(small.table, SECTOR))
    directory = large.add(b"".join(_entry(*entry) for entry in entries))  # type: ignore[arg-type]
    tables = 1
    while tables * SECTOR // 4 < len(large.table) + tables:
        tables += 1
    start = len(large.table)
    table = _words([*large.table, *[TABLE] * tables], SECTOR).ljust(tables * SECTOR, b"\xff")
    places = [*range(start, start + tables)]
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        tables,
        directory,
        0,
        LEAST,
        small_table,
        -(-len(small.table) * 4 // SECTOR),
        END,
        0,
    ) + _words(places, SECTOR)[: len(places) * 4].ljust(436, b"\xff")
    return header + large.content + table


def _entry(name: str, kind: int, right: int, child: int, first: int, size: int) -> bytes:
    written = name.encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16xI8x8xIQ", written, len(written) + 2, kind, 1, NONE, right, child, 0, first, size
    )


def _words(numbers: Sequence[int], multiple: int) -> bytes:
    packed = struct.pack(f"<{len(numbers)}I", *numbers)
    return packed + b"\xff" * (-len(packed) % multiple)
