"""A search that nobody waits for any more is ended, at whatever statement it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock

import psycopg
from psycopg import Connection

CANCEL_SECONDS = 5.0


class CalledOffError(Exception):
    """The search was called off before it was done."""


class CallOff:
    """Lets one thread end the statements that others wait for; safe at any moment, more than once."""

    def __init__(self) -> None:
        self._connections: list[Connection] = []
        self._ended = Event()
        self._lock = Lock()

    @contextmanager
    def may_end(self, connection: Connection) -> Iterator[None]:
        """While the block lasts its statements may be cancelled; raises CalledOffError when they were."""
        with self._lock:
            if self._ended.is_set():
                raise CalledOffError
            self._connections.append(connection)
        try:
            yield
        except psycopg.errors.QueryCanceled as error:
            raise (CalledOffError() if self._ended.is_set() else error) from error
        finally:
            # Once the lock is had, no cancel of ours is on its way to the connection's next user.
            with self._lock:
                self._connections.remove(connection)

    def now(self) -> None:
        """End it."""
        with self._lock:
            self._ended.set()
            for connection in self._connections:
                connection.cancel_safe(timeout=CANCEL_SECONDS)
