"""Connections: a pool, transactions opened at the edge, and whose rows a transaction may see."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Self, TypeVar

import psycopg
from psycopg import Connection, sql
from psycopg.rows import class_row
from psycopg_pool import ConnectionPool, PoolTimeout

Row = TypeVar("Row")
Parameters = Mapping[str, object]
AT_ONCE = 0.001  # seconds; a connection that is not free by then is not waited for
RECONNECT_SECONDS = 4.0  # that one series of attempts to reach the database lasts


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks: a member or an API key; row level security shows them their workspaces only."""

    member_id: int | None = None
    key_id: int | None = None


def _keep_trying(pool: ConnectionPool[Connection]) -> None:
    """Somebody waits: begin anew with short pauses; the pool's own would double into minutes."""
    if pool.get_stats().get("requests_waiting"):
        pool.resize(1, pool.max_size)  # one more is opened at once
        pool.resize(0, pool.max_size)


class Database:
    """One Postgres, reached through a pool; safe behind a transaction pooler (no session state)."""

    def __init__(self, url: str, *, connections: int = 4, name: str = "posthus") -> None:
        self.url = url
        self._pool = ConnectionPool(
            url,
            min_size=0,
            max_size=connections,
            open=False,
            timeout=30,
            max_idle=60,
            check=ConnectionPool.check_connection,
            reconnect_timeout=RECONNECT_SECONDS,
            reconnect_failed=_keep_trying,
            kwargs={"prepare_threshold": None, "application_name": name},
        )

    def open(self) -> None:
        """Start the pool; connections are made when they are first asked for."""
        self._pool.open()

    def close(self) -> None:
        """Close every connection; safe to call twice."""
        self._pool.close()

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self, identity: Identity | None = None) -> Iterator[Connection]:
        """One transaction: committed when the block ends, rolled back when it raises.

        With an identity it runs as the role `posthus_member`, under row level security.
        """
        with self._pool.connection() as connection:
            if identity is not None:
                assume(connection, identity)
            yield connection

    @contextmanager
    def beside(self, connection: Connection) -> Iterator[Connection | None]:
        """A second transaction under the snapshot of one that stands still (repeatable read).

        None where no connection is free at once, and behind a pooler: who holds one and waits there for another may
        wait for others who do the same.
        """
        found = connection.execute("select pg_backend_pid(), pg_export_snapshot()").fetchone()
        assert found is not None
        with ExitStack() as held:
            other = None
            if found[0] == connection.info.backend_pid:
                with suppress(PoolTimeout):
                    other = held.enter_context(self._pool.connection(timeout=AT_ONCE))
            if other is not None:
                other.execute("set transaction isolation level repeatable read")
                other.execute(sql.SQL("set transaction snapshot {}").format(sql.Literal(found[1])))
            yield other

    @contextmanager
    def autocommit(self) -> Iterator[Connection]:
        """A connection of its own, outside the pool, where every statement commits by itself."""
        with psycopg.connect(self.url, autocommit=True, prepare_threshold=None) as connection:
            yield connection


def assume(connection: Connection, identity: Identity) -> None:
    """Make the rest of the transaction see what `identity` may see, and nothing else."""
    connection.execute(
        "select set_config('role', 'posthus_member', true),"
        " set_config('posthus.member_id', %s, true), set_config('posthus.key_id', %s, true)",
        (str(identity.member_id or ""), str(identity.key_id or "")),
    )


def rows(connection: Connection, query: bytes, parameters: Parameters, kind: type[Row]) -> list[Row]:
    """Every row of a named query as `kind`, a dataclass whose fields are the columns."""
    with connection.cursor(row_factory=class_row(kind)) as cursor:
        return cursor.execute(query, parameters).fetchall()


def row(connection: Connection, query: bytes, parameters: Parameters, kind: type[Row]) -> Row | None:
    """The first row of a named query as `kind`, or None."""
    with connection.cursor(row_factory=class_row(kind)) as cursor:
        return cursor.execute(query, parameters).fetchone()


def array(items: Iterable[object]) -> str:
    """Numbers or UUIDs as one parameter that the query casts to an array: 20 times cheaper than a Python list."""
    return f"{{{','.join(map(str, items))}}}"


def number(connection: Connection, query: bytes, parameters: Parameters) -> int:
    """The one number that a named query answers."""
    found: Sequence[object] | None = connection.execute(query, parameters).fetchone()
    if found is None or not isinstance(found[0], int):
        raise LookupError("the query answered no number")
    return found[0]
