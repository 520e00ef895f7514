"""What every test can ask for: a real Postgres, a fresh database of it, and the shared data.

With POSTHUS_TEST_POOLER=1 the database is reached through PgBouncer in transaction mode, as a plain role.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from posthus.database.embedded import EmbeddedPostgres
from posthus.database.migrate import migrate
from posthus.database.pool import Database
from tests import pooler as pooling
from tests.pooler import Pooler

FAST = {"shared_buffers": "64MB", "max_connections": "100", "autovacuum_naptime": "10s"}
TEMPLATE = "posthus_template"

# Hypothesis fails an example that takes 200 ms, for instance the first one, which imports what it needs: no test of
# ours is about time.
settings.register_profile("posthus", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("posthus")


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """A folder of this run, readable by the servers it starts."""
    folder = Path(tempfile.mkdtemp(prefix="posthus-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(scratch: Path) -> Iterator[EmbeddedPostgres]:
    """One embedded server for the whole run, with the migrated template database."""
    server = EmbeddedPostgres(scratch / "postgres", FAST)
    server.start()
    try:
        if pooling.wanted():
            pooling.prepare_owner(server, TEMPLATE)
            migrate(server.url(TEMPLATE, user=pooling.OWNER))
        else:
            server.create_database(TEMPLATE)
            migrate(server.url(TEMPLATE))
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def pooler(postgres: EmbeddedPostgres, scratch: Path) -> Iterator[Pooler | None]:
    """PgBouncer in front of it, in the run that asks for one."""
    if not pooling.wanted():
        yield None
        return
    if pooling.find_pgbouncer() is None:
        pytest.skip("needs PgBouncer (Debian package pgbouncer)")
    running = Pooler(postgres, scratch / "pgbouncer")
    yield running
    running.stop()


@pytest.fixture
def database_url(postgres: EmbeddedPostgres, pooler: Pooler | None) -> Iterator[str]:
    """The URL of a database of this test's own, migrated and empty."""
    name = f"test_{uuid4().hex[:12]}"
    postgres.create_database(name, template=TEMPLATE, owner=pooling.OWNER if pooler else None)
    yield pooler.url(name) if pooler else postgres.url(name)
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
