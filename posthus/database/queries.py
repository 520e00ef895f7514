"""Named SQL from `.sql` files: `-- name: find_contact` opens a query, the next comment says what for.

What several queries of a file share is written once: `-- part: filters` opens it, and a line `-- with: filters`
in a query stands for its text.
"""

import re
from collections.abc import Mapping
from pathlib import Path

Queries = Mapping[str, bytes]


_OPENING = re.compile(r"^-- (name|part): *(\w+) *\n", re.MULTILINE)
_USE = re.compile(r"^ *-- with: *(\w+) *$", re.MULTILINE)


class QueryFileError(Exception):
    """A .sql file has text before its first name, the same name twice, or asks for a part it does not have."""


def load(module_file: str, sql_file: str = "queries.sql") -> Queries:
    """Read the queries beside a module: name -> SQL, to be passed to `Connection.execute`."""
    path = Path(module_file).with_name(sql_file)
    return parse(path.read_text(encoding="utf-8"), path.name)


def parse(text: str, label: str) -> Queries:
    """Split a file's text into named queries."""
    before, *blocks = _OPENING.split(text)
    if any(line.strip() and not line.startswith("--") for line in before.splitlines()):
        raise QueryFileError(f"{label}: SQL before the first '-- name:'")
    found: dict[str, dict[str, str]] = {"name": {}, "part": {}}
    for kind, name, body in zip(blocks[::3], blocks[1::3], blocks[2::3], strict=True):
        if name in found[kind]:
            raise QueryFileError(f"{label}: {name} is named twice")
        found[kind][name] = body.strip()

    def part(use: "re.Match[str]") -> str:
        if use[1] not in found["part"]:
            raise QueryFileError(f"{label}: there is no part {use[1]}")
        return found["part"][use[1]]

    return {name: _USE.sub(part, body).encode() for name, body in found["name"].items()}
