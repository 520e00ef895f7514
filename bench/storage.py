"""Bytes of an original on disk: as received, compressed one by one, and as Posthus keeps it; later mail of each list.

The first fifth of a list, by where it stands in it, comes before the dictionary is learnt and is not counted.
"""

import sys
import tempfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import zstandard

from bench.database import fresh_database
from bench.import_runs import new_source
from bench.importing import LISTS
from posthus.database.pool import Database
from posthus.intake.importer import import_paths
from posthus.intake.mailboxes import find_mailboxes
from posthus.jobs import SourceId
from posthus.originals.dictionaries import learn_dictionary


def run() -> dict[str, object]:
    """Bytes of each original, for two lists."""
    if not LISTS.is_dir():
        return {"skipped": f"needs {LISTS}"}
    result: dict[str, object] = {}
    for name in ("easy-ham-1", "usrp-users-2020H1.mbox"):
        mails = [piece.raw for box in find_mailboxes(LISTS / name) for piece in box.read(0) if piece.raw]
        first, later = mails[: len(mails) // 5], mails[len(mails) // 5 :]
        count = len(later)
        result |= {
            f"{name}: as received": sum(map(len, later)) / count,
            f"{name}: gzip -6": sum(len(zlib.compress(mail, 6)) for mail in later) / count,
            f"{name}: zstd -3": sum(len(zstandard.compress(mail, 3)) for mail in later) / count,
            f"{name}: files cut out, no dictionary": sum(_kept([], later)) / count,
        }
        bodies, files = _kept(first, later)
        result |= {
            f"{name}: as kept": (bodies + files) / count,
            f"{name}: as kept, of it files": files / count,
        }
    return result


def _kept(first: Sequence[bytes], later: Sequence[bytes]) -> tuple[int, int]:
    """Bytes of the later mails' bodies and of the files cut out of them, after a dictionary was learnt from the first."""
    with fresh_database() as database:
        source = new_source(database)
        _take_in(database, source, first)
        with database.autocommit() as connection:
            connection.execute("analyze posthus.event")
        with database.transaction() as connection:
            learn_dictionary(connection, enough=1)
        before = _sizes(database)
        _take_in(database, source, later)
        after = _sizes(database)
    return after[0] - before[0], after[1] - before[1]


def _take_in(database: Database, source: SourceId, mails: Sequence[bytes]) -> None:
    with tempfile.TemporaryDirectory(prefix="storage-") as folder:
        for number, mail in enumerate(mails):
            Path(folder, f"{number:06}.eml").write_bytes(mail)
        if mails:
            import_paths(database, source, [Path(folder)], lambda _: None)


def _sizes(database: Database) -> tuple[int, int]:
    with database.transaction() as connection:
        [(bodies, files)] = connection.execute(
            "select (select coalesce(sum(length(body)), 0)::int from posthus.event),"
            " (select coalesce(sum(length(body)), 0)::int from posthus.blob)"
        ).fetchall()
    return int(bodies), int(files)


if __name__ == "__main__":
    sys.stdout.write(f"{run()}\n")
