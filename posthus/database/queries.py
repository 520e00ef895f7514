"""Named SQL from `.sql` files: `-- name: find_contact` opens a query, the next comment says what for."""

from collections.abc import Mapping
from pathlib import Path

Queries = Mapping[str, bytes]


class QueryFileError(Exception):
    """A .sql file has text before its first name, or the same name twice."""


def load(module_file: str, sql_file: str = "queries.sql") -> Queries:
    """Read the queries beside a module: name -> SQL, to be passed to `Connection.execute`."""
    path = Path(module_file).with_name(sql_file)
    return parse(path.read_text(encoding="utf-8"), path.name)


def parse(text: str, label: str) -> Queries:
    """Split a file's text into named queries."""
    queries: dict[str, bytes] = {}
    for number, block in enumerate(text.split("-- name:")):
        if number == 0:
            if any(line.strip() and not line.startswith("--") for line in block.splitlines()):
                raise QueryFileError(f"{label}: SQL before the first '-- name:'")
            continue
        name, _, body = block.partition("\n")
        name = name.strip()
        if name in queries:
            raise QueryFileError(f"{label}: {name} is named twice")
        queries[name] = body.strip().encode()
    return queries
