"""A search's transaction: one snapshot, on two connections where a second one is free, and can be called off."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple

from psycopg import Connection

from posthus.cache.remember import stand_still
from posthus.cache.snapshot import Snapshot
from posthus.database.pool import Database, Identity, assume
from posthus.search.calling_off import CallOff

Beside = Callable[[], AbstractContextManager[Connection | None]]


class Still(NamedTuple):
    """A connection that reads under the snapshot `stamp`; `beside` opens another that does, or None at once."""

    connection: Connection
    stamp: Snapshot
    beside: Beside


@contextmanager
def standing_still(
    database: Database, identity: Identity | None = None, call_off: CallOff | None = None
) -> Iterator[Still]:
    """One transaction, as `identity` sees it; raises CalledOffError when it was called off."""
    ending = call_off or CallOff()

    @contextmanager
    def beside() -> Iterator[Connection | None]:
        with database.beside(connection) as other:
            if other is None:
                yield None
                return
            with ending.may_end(other):
                if identity is not None:
                    assume(other, identity)
                yield other

    with database.transaction() as connection, ending.may_end(connection):
        stamp = stand_still(connection)
        if identity is not None:
            assume(connection, identity)
        yield Still(connection, stamp, beside)
