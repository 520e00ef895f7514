"""Mail from files, for tests."""

import re
from collections.abc import Iterator
from pathlib import Path

ESCAPED = re.compile(rb"(?m)^>(>*From )")


def read_mbox(path: Path) -> Iterator[bytes]:
    for part in (b"\n" + path.read_bytes()).split(b"\nFrom ")[1:]:
        yield ESCAPED.sub(rb"\1", part.partition(b"\n")[2])


def read_directory(path: Path) -> Iterator[bytes]:
    return (one.read_bytes() for one in sorted(path.iterdir()) if one.is_file())
