"""Large contents moved to the object store and back, as the rule has it; objects that nothing stands for are removed.

An object's name is written down before the object is, and a content refers to it only once it is there. So there is
never a content without its object, nor an object that nobody knows of, whoever is killed at whatever moment.
"""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import orjson

from posthus.database.pool import Database, row, rows
from posthus.database.queries import load
from posthus.jobs import WorkspaceId
from posthus.originals.contents import fetch, pack_content
from posthus.originals.objects import Objects, ObjectsAwayError

SQL = load(__file__, "moving.sql")
AT_ONCE = 32  # contents whose moves are settled in one transaction
WRITERS = 4  # at once, each with one content of up to 64 MB in memory
READ_FOR = 600.0  # seconds that an object stays for whoever has just read its name
WRITTEN_FOR = 3600.0  # seconds after which nobody can still be writing an object


@dataclass(frozen=True, slots=True)
class Rule:
    """Contents of `at_least` bytes lie in the store once they have been here for `after` seconds; None: none do."""

    at_least: int | None
    after: float = 3600.0


@dataclass(frozen=True, slots=True)
class Tended:
    """How many contents were moved out, how many came back, and how many objects were removed."""

    moved: int = 0
    returned: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Places:
    """What lies in the store, what waits to be moved there (for so many seconds at most), and objects to be removed."""

    files: int
    bytes: int
    waiting: int
    waiting_bytes: int
    waiting_seconds: float
    loose: int


@dataclass(frozen=True, slots=True)
class _Chosen:
    object: str
    workspace_id: WorkspaceId
    sha256: bytes


@dataclass(frozen=True, slots=True)
class _Away:
    workspace_id: WorkspaceId
    sha256: bytes
    codec: int
    object: str


def tend_objects(database: Database, objects: Objects, rule: Rule, stop: threading.Event) -> Tended:
    """Do what the rule asks for until nothing is left; raises ObjectsAwayError. Stopped or killed, it goes on later."""
    check_store(database, objects)
    removed = sum(_remove_loose(database, objects, stop))
    moved = sum(_move_out(database, objects, rule, stop)) if rule.at_least is not None else 0
    returned = sum(_bring_back(database, objects, rule, stop))
    return Tended(moved, returned, removed)


def check_store(database: Database, objects: Objects) -> None:
    """Ask the store for an object that it must have; raises ObjectsAwayError where it is another store."""
    with database.transaction() as connection:
        known = connection.execute(SQL["newest_known"]).fetchone()
    if known is not None and not objects.holds(known[0]):
        raise ObjectsAwayError(
            f"{objects.place} has no {known[0]}: it is another store, or its disk is not mounted"
        )


def places(database: Database, rule: Rule) -> Places:
    """Reads indexes only, so it takes some 100 ms for each million contents."""
    at_least = 2**31 - 1 if rule.at_least is None else rule.at_least
    with database.transaction() as connection:
        found = row(connection, SQL["places"], {"at_least": at_least}, Places)
    assert found is not None
    return found


def _remove_loose(database: Database, objects: Objects, stop: threading.Event) -> Iterator[int]:
    parameters = {"read_for": READ_FOR, "written_for": WRITTEN_FOR, "limit": 500}
    while not stop.is_set():
        with database.transaction() as connection:
            names = [name for (name,) in connection.execute(SQL["take_loose"], parameters)]
            if not names:
                return
            objects.remove(names)
            connection.execute(SQL["forget_loose"], {"objects": names})
        yield len(names)


def _move_out(database: Database, objects: Objects, rule: Rule, stop: threading.Event) -> Iterator[int]:
    parameters = {"at_least": rule.at_least, "after": rule.after, "limit": AT_ONCE}

    def write(one: _Chosen) -> int | None:
        """How large the object is; None if there is nothing to move any more."""
        which = {"workspace_id": one.workspace_id, "sha256": one.sha256}
        with database.transaction() as connection, connection.cursor(binary=True) as cursor:
            found = cursor.execute(SQL["content_to_move"], which).fetchone()
        if found is None or stop.is_set():
            return None
        objects.write(one.object, found[0])
        return len(found[0])

    with ThreadPoolExecutor(WRITERS, "objects") as writers:
        while not stop.is_set():
            with database.transaction() as connection:
                chosen = rows(connection, SQL["choose_to_move"], parameters, _Chosen)
            if not chosen:
                return
            yield _settle(database, chosen, list(writers.map(write, chosen)))


def _settle(database: Database, chosen: Sequence[_Chosen], sizes: Sequence[int | None]) -> int:
    moved = [
        {
            "object": one.object,
            "workspace_id": one.workspace_id,
            "digest": bytes(one.sha256).hex(),
            "size": size,
        }
        for one, size in zip(chosen, sizes, strict=True)
        if size is not None
    ]
    parameters = {"moved": orjson.dumps(moved).decode()}
    with database.transaction() as connection:
        connection.execute(SQL["hold_written"], {"objects": [one["object"] for one in moved]})
        connection.execute(SQL["hold_moved"], parameters)
        [(settled,)] = connection.execute(SQL["settle_moved"], parameters).fetchall()
    return int(settled)


def _bring_back(database: Database, objects: Objects, rule: Rule, stop: threading.Event) -> Iterator[int]:
    below = 2**31 - 1 if rule.at_least is None else rule.at_least
    lost: list[str] = []
    while not stop.is_set():
        with database.transaction() as connection:
            asked = {"below": below, "passed": lost, "limit": AT_ONCE}
            chosen = rows(connection, SQL["choose_to_return"], asked, _Away)
        if not chosen:
            return
        for one in chosen:
            if stop.is_set():
                return
            content = fetch(objects, one.object, one.codec, bytes(one.sha256))
            if content is None:
                lost.append(one.object)
                continue
            codec, body = pack_content(content)
            here = {"workspace_id": one.workspace_id, "sha256": one.sha256, "object": one.object}
            with database.transaction() as connection:
                settled = connection.execute(SQL["settle_returned"], {**here, "codec": codec, "body": body})
            yield settled.rowcount
