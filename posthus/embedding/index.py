"""Approximate indexes: one for each workspace with many vectors of a model; built, rebuilt and dropped as needed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Event, Thread
from time import monotonic
from typing import Literal

import psycopg
from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from posthus import telemetry
from posthus.database.pool import Database, row, rows
from posthus.database.queries import load
from posthus.jobs import WorkspaceId

SQL = load(__file__, "index.sql")
WORTHWHILE = 50_000  # below this, comparing with every vector is fast and finds everything
BLOATED = 1.6  # times the bytes a vector took when the index was built
LEAST_MEMORY = 64 << 20
SAFE_IN_PARALLEL, GOOD = (0, 8, 2), (0, 8, 4)
LOOKING_SECONDS = 0.5
LARGE = 300_000  # vectors: from here on a denser graph keeps what it finds

Doing = Literal["build", "rebuild", "drop"]


@dataclass(frozen=True, slots=True)
class Standing:
    """A workspace's vectors of one model, and its index: `valid` is None where there is none.

    `built_vectors`, `built_bytes` and `built_neighbours` are of the last time that it was built; `busy` while
    somebody builds it.
    """

    workspace_id: int
    model_id: int
    dimensions: int
    vectors: int
    valid: bool | None
    bytes: int
    built_vectors: int
    built_bytes: int
    built_neighbours: int
    busy: bool

    @property
    def name(self) -> str:
        """What the index is called."""
        return f"chunk_vector_near_{self.workspace_id}_{self.model_id}"


@dataclass(frozen=True, slots=True)
class Room:
    """What the server allows a build: its memory now, and what it may be raised to, in bytes; pgvector's version."""

    memory: int
    most_memory: int
    vector: str

    @property
    def parallel(self) -> bool:
        """Whether several processes may build one index (CVE-2026-3172: not before 0.8.2)."""
        return version_of(self.vector) >= SAFE_IN_PARALLEL


@dataclass(frozen=True, slots=True)
class Removed:
    """How many vectors the table has, and how many that are gone still take room."""

    live: int
    dead: int


@dataclass(frozen=True, slots=True)
class IndexState:
    """An approximate index as it is shown; `vectors` are those of its build, `done` (0 to 1) of them so far.

    `present` vectors when it was looked at last; `grown` is the bytes a vector takes, as a multiple of those when it
    was built: from `BLOATED` on it is built anew. `changed_at` is when its state changed.
    """

    workspace_id: int
    workspace: str
    model: str
    state: Literal["building", "ready", "rebuilding", "failed"]
    vectors: int
    present: int
    bytes: int
    grown: float | None
    changed_at: datetime
    seconds: float | None
    done: float
    error: str | None


@dataclass(frozen=True, slots=True)
class ModelInUse:
    """A model that serves or is the next, and a workspace's vectors of it, counted to `WORTHWHILE`; `elsewhere` behind an address."""

    model: str
    dimensions: int
    state: Literal["serving", "next"]
    elsewhere: bool
    vectors: int


@dataclass(frozen=True, slots=True)
class Graph:
    """How many neighbours each vector has in an index, and how many are looked at to find them (m, ef_construction)."""

    neighbours: int
    looked_at: int


PLAIN, DENSE = Graph(16, 64), Graph(24, 128)


def version_of(text: str) -> tuple[int, ...]:
    """Pgvector's version as numbers."""
    return tuple(int(part) for part in text.split(".") if part.isdigit())


def wanted(one: Standing, at_least: int) -> Doing | None:
    """What is to be done with an index, if anything; half the number of vectors keeps one that is there."""
    if one.busy:
        return None
    if one.valid is None:
        return "build" if one.vectors >= at_least else None
    if one.vectors < at_least // 2:
        return "drop"
    if not one.valid:
        return "build"
    if one.built_vectors and one.bytes * one.built_vectors > BLOATED * one.built_bytes * one.vectors:
        return "rebuild"
    return "rebuild" if one.built_vectors and one.built_neighbours < graph(one).neighbours else None


def extension_trouble(connection: Connection) -> str | None:
    """What pgvector's version brings with it, for the log; None where it is a good one."""
    room = row(connection, SQL["room"], {}, Room)
    assert room is not None
    if not room.parallel:
        return f"pgvector {room.vector}: indexes are built by one process; 0.8.2 or newer builds them faster"
    if version_of(room.vector) < GOOD:
        return f"pgvector {room.vector}: 0.8.4 mends races between vacuum and searches; ask your host for it"
    return None


def graph(one: Standing) -> Graph:
    """How dense the index is built."""
    return DENSE if one.vectors >= LARGE else PLAIN


def memory_for(one: Standing, room: Room) -> int:
    """Bytes in which the whole graph is built at once: 2 a number, 33 a neighbour, and some 170 for its place."""
    needed = int(1.15 * one.vectors * (2 * one.dimensions + 33 * graph(one).neighbours + 170))
    return max(LEAST_MEMORY, room.memory, min(needed, room.most_memory))


def standings(connection: Connection, at_least: int = WORTHWHILE) -> list[Standing]:
    """Every workspace and model with so many vectors or with an index."""
    return rows(connection, SQL["standings"], {"at_least": at_least}, Standing)


def index_states(connection: Connection, workspace: WorkspaceId | None = None) -> list[IndexState]:
    """Every approximate index of a workspace, or of all."""
    return rows(connection, SQL["index_states"], {"workspace": workspace}, IndexState)


def models_in_use(connection: Connection, workspace: WorkspaceId) -> list[ModelInUse]:
    """The model that serves, then the next one."""
    return rows(connection, SQL["models_in_use"], {"workspace": workspace, "most": WORTHWHILE}, ModelInUse)


def tend(database: Database, stop: Event, at_least: int = WORTHWHILE) -> list[Doing]:
    """Bring every index to where it should be, one after the other, and clear away after mass removals.

    Reads and writes go on meanwhile. What failed is noted with its reason and tried again the next time; so is what
    is given up because of `stop`.
    """
    with database.autocommit() as connection:
        for (left,) in connection.execute(SQL["left_over"]).fetchall():
            connection.execute(_dropping(str(left)))
    with database.transaction() as connection:
        known = standings(connection, at_least)
        connection.execute(SQL["note_present"], {"present": Jsonb([_present(one) for one in known])})
    needing = [(one, doing) for one in known if (doing := wanted(one, at_least))]
    done: list[Doing] = []
    for one, doing in needing:
        if stop.is_set():
            return done
        try:
            _do(database, one, doing, stop)
            done.append(doing)
        except psycopg.Error as error:
            telemetry.log("vector_index_failed", index=one.name, doing=doing, error=type(error).__name__)
            _note(database, one, "failed", error=str(error).splitlines()[0][:300])
    with database.transaction() as connection:
        removed = row(connection, SQL["removed"], {}, Removed)
    if removed is not None and removed.dead > max(at_least // 10, removed.live // 5):
        with database.autocommit() as connection, _given_up(connection, stop):
            connection.execute("vacuum (analyze) posthus.chunk_vector")
    return done


@contextmanager
def _given_up(connection: Connection, stop: Event) -> Iterator[None]:
    """Cancel what runs on the connection once `stop` is set: a build does not look up by itself."""
    over = Event()

    def watch() -> None:
        while not over.wait(LOOKING_SECONDS):
            if stop.is_set():
                connection.cancel_safe()
                return

    watching = Thread(target=watch, name="vector-index-stop", daemon=True)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()


def _do(database: Database, one: Standing, doing: Doing, stop: Event) -> None:
    began = monotonic()
    with database.autocommit() as connection, _given_up(connection, stop):
        if doing == "drop":
            connection.execute(_dropping(one.name))
            connection.execute(SQL["forget"], _keys(one))
            return
        _note(database, one, "rebuilding" if doing == "rebuild" else "building")
        room = row(connection, SQL["room"], {}, Room)
        assert room is not None
        _make_room(connection, one, room)
        if doing == "build" and one.valid is not None:
            connection.execute(_dropping(one.name))  # what a build that was killed has left
        if doing == "rebuild":
            connection.execute(_denser(one))
        try:
            connection.execute(_statement(one, doing))
        except psycopg.errors.DuplicateTable:
            return  # another process was faster
        except (psycopg.errors.DiskFull, psycopg.errors.OutOfMemory):
            # Shared memory is often small in containers: one process needs none of it.
            _one_process(connection, only=True)
            connection.execute(_dropping(one.name))
            connection.execute(_statement(one, "build"))
        finally:
            _one_process(connection, only=not room.parallel)
    _note_built(database, one, monotonic() - began)


def _make_room(connection: Connection, one: Standing, room: Room) -> None:
    """More memory for this session alone: behind a pooler, whose sessions are others' too, the server's own is used."""
    _one_process(connection, only=not room.parallel)
    direct = connection.execute("select pg_backend_pid()").fetchone()
    if direct is not None and direct[0] == connection.info.backend_pid:
        connection.execute(SQL["set_memory"], {"kilobytes": f"{memory_for(one, room) >> 10}kB"})


def _one_process(connection: Connection, *, only: bool) -> None:
    if only:
        connection.execute("alter table posthus.chunk_vector set (parallel_workers = 0)")
    else:
        connection.execute("alter table posthus.chunk_vector reset (parallel_workers)")


def _statement(one: Standing, doing: Doing) -> sql.Composed:
    if doing == "rebuild":
        return sql.SQL("reindex index concurrently posthus.{}").format(sql.Identifier(one.name))
    return sql.SQL(
        "create index concurrently {} on posthus.chunk_vector using hnsw"
        " ((v::extensions.halfvec({})) extensions.halfvec_cosine_ops) with (m = {}, ef_construction = {})"
        " where workspace_id = {} and model_id = {}"
    ).format(
        sql.Identifier(one.name),
        sql.Literal(one.dimensions),
        sql.Literal(graph(one).neighbours),
        sql.Literal(graph(one).looked_at),
        sql.Literal(one.workspace_id),
        sql.Literal(one.model_id),
    )


def _denser(one: Standing) -> sql.Composed:
    """What counts for the next build only: an index that is there goes on as it was built."""
    return sql.SQL("alter index posthus.{} set (m = {}, ef_construction = {})").format(
        sql.Identifier(one.name), sql.Literal(graph(one).neighbours), sql.Literal(graph(one).looked_at)
    )


def _dropping(name: str) -> sql.Composed:
    return sql.SQL("drop index concurrently if exists posthus.{}").format(sql.Identifier(name))


def _note(database: Database, one: Standing, state: str, error: str | None = None) -> None:
    with database.transaction() as connection:
        connection.execute(
            SQL["note"], {**_keys(one), "state": state, "vectors": one.vectors, "error": error}
        )


def _note_built(database: Database, one: Standing, seconds: float) -> None:
    with database.transaction() as connection:
        given = {**_keys(one), "name": one.name, "vectors": one.vectors, "seconds": seconds}
        given["neighbours"] = graph(one).neighbours
        connection.execute(SQL["note_built"], given)
    telemetry.log("vector_index_built", index=one.name, vectors=one.vectors, seconds=round(seconds, 1))


def _present(one: Standing) -> dict[str, int]:
    return {"workspace": one.workspace_id, "model": one.model_id, "vectors": one.vectors}


def _keys(one: Standing) -> dict[str, object]:
    return {"workspace": one.workspace_id, "model": one.model_id}
