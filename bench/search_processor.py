"""What a backend costs, as the kernel counts it."""

from collections.abc import Callable
from pathlib import Path

from psycopg import Connection


def processor(connection: Connection) -> Callable[[], float]:
    """Seconds of processor time that the backend of a connection has used (schedstat of proc(5))."""
    found = connection.execute("select pg_backend_pid()").fetchone()
    assert found is not None
    file = Path(f"/proc/{found[0]}/schedstat")
    return lambda: int(file.read_text().split()[0]) / 1e9
