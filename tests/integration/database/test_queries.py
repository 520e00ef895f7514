"""Every named query of every package is one that the migrated database understands."""

import re
from pathlib import Path

import psycopg
import pytest

import posthus
from posthus.database.pool import Database
from posthus.database.queries import parse

FOLDER = Path(posthus.__file__).parent
FILES = sorted(path for path in FOLDER.rglob("*.sql") if "migrations" not in path.parts)
PLACEHOLDER = re.compile(rb"%(?:\((?P<name>\w+)\)[sbt]|(?P<percent>%))")


def numbered(query: bytes) -> bytes:
    """The query as Postgres numbers its parameters, the way psycopg sends it."""
    names: list[bytes] = []

    def replace(found: "re.Match[bytes]") -> bytes:
        name = found["name"]
        if name is None:
            return b"%"
        if name not in names:
            names.append(name)
        return b"$%d" % (names.index(name) + 1)

    return PLACEHOLDER.sub(replace, query).strip().rstrip(b";")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_every_query_can_be_prepared(database: Database, path: Path) -> None:
    wrong = []
    for name, query in parse(path.read_text(encoding="utf-8"), path.name).items():
        try:
            with database.transaction() as connection:
                connection.execute(b"prepare checked as " + numbered(query))
                connection.execute("deallocate checked")
        except psycopg.Error as error:
            wrong.append(f"{name}: {error}")
    assert not wrong, "\n".join(wrong)


def test_there_are_queries() -> None:
    assert len(FILES) > 3
    assert numbered(b"select %(a)s, %(b)s, %(a)s where 5 %% 2 = 1;") == b"select $1, $2, $1 where 5 % 2 = 1"
