"""What every test can ask for: a real Postgres, a fresh database of it, and the shared data."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from uuid import uuid4

import psycopg
import pytest

from posthus.database.embedded import EmbeddedPostgres
from posthus.database.migrate import migrate
from posthus.database.pool import Database

FAST = {"shared_buffers": "64MB", "max_connections": "100", "autovacuum_naptime": "10s"}


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """One embedded server for the whole run, with the migrated template database."""
    folder = Path(tempfile.mkdtemp(prefix="posthus-test-"))
    server = EmbeddedPostgres(folder / "postgres", FAST)
    server.start()
    server.create_database("posthus_template")
    migrate(server.url("posthus_template"))
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The URL of a database of this test's own, migrated and empty."""
    name = f"test_{uuid4().hex[:12]}"
    postgres.create_database(name, template="posthus_template")
    yield postgres.url(name)
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        drop = psycopg.sql.SQL("drop database {} with (force)").format(psycopg.sql.Identifier(name))
        connection.execute(drop)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """That database behind a pool."""
    with Database(database_url, connections=8) as database:
        yield database


@pytest.fixture
def shared_data() -> Path:
    """The folder of real mail, payloads and retrieval sets; the test is skipped where it is absent."""
    default = Path(__file__).parents[1] / ".." / "shared" / "data"
    folder = Path(os.environ.get("POSTHUS_TEST_DATA", default)).resolve()
    if not folder.is_dir():
        if os.environ.get("POSTHUS_REQUIRE_DATA"):
            pytest.fail(f"no shared data at {folder}, and POSTHUS_REQUIRE_DATA is set")
        pytest.skip("needs the shared data folder (set POSTHUS_TEST_DATA)")
    return folder


@pytest.fixture
def wait_until() -> Callable[[Callable[[], bool]], None]:
    """Wait for a condition, looking again every few milliseconds; fails after 60 seconds."""

    def wait(condition: Callable[[], bool]) -> None:
        deadline = monotonic() + 60
        while not condition():
            assert monotonic() < deadline, "the condition did not come true within 60 seconds"
            sleep(0.02)

    return wait
