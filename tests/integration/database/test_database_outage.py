"""Who waits for a connection while Postgres is away gets one when it is back."""

import logging
import threading
from pathlib import Path

import pytest

from posthus.database.embedded import EmbeddedPostgres
from posthus.database.pool import Database
from tests.running import wait_for


def test_who_waits_through_an_outage_is_served_after_it(
    scratch: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Also once the pool has given up its first series of attempts, after which nobody would try for it."""
    server = EmbeddedPostgres(scratch / "away")
    server.start()
    found: list[object] = []

    def ask() -> None:
        with database.transaction() as connection:
            found.append(connection.execute("select 1").fetchone())

    with Database(server.url("postgres"), connections=2) as database:
        ask()
        server.stop()
        waiting = threading.Thread(target=ask)
        with caplog.at_level(logging.WARNING, "psycopg.pool"):
            waiting.start()
            wait_for(lambda: "reconnection attempt in pool" in caplog.text)
        server.start()
        waiting.join()
    server.stop()
    assert found == [(1,), (1,)]
