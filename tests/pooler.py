"""A real PgBouncer in transaction mode in front of a test's Postgres, and the plain role that uses it."""

import os
import shutil
import subprocess
from pathlib import Path
from time import monotonic, sleep

import psycopg

from posthus.database.embedded import EmbeddedPostgres

OWNER = "posthus_owner"  # no superuser: may create databases and roles, as on a hosted Postgres
CONFIGURATION = """
[databases]
* = host={postgres} port=5432
[pgbouncer]
listen_addr =
unix_socket_dir = {folder}
listen_port = 6432
auth_type = trust
auth_file = {folder}/users.txt
pool_mode = transaction
ignore_startup_parameters = extra_float_digits
default_pool_size = 10
max_client_conn = 400
server_idle_timeout = 5
logfile = {folder}/pgbouncer.log
"""


def find_pgbouncer() -> str | None:
    """The program, also where Debian hides it."""
    return shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


class Pooler:
    """PgBouncer over a Unix socket; `url` replaces the server's."""

    def __init__(self, server: EmbeddedPostgres, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o755)
        text = CONFIGURATION.format(postgres=server.socket_folder, folder=folder)
        (folder / "pgbouncer.ini").write_text(text)
        (folder / "users.txt").write_text(f'"{OWNER}" ""\n"postgres" ""\n')
        rights = server._rights()
        if rights["user"] is not None:
            for path in (folder, *folder.iterdir()):
                shutil.chown(path, rights["user"])
        program = find_pgbouncer()
        assert program is not None
        self.process = subprocess.Popen(
            [program, "-q", str(folder / "pgbouncer.ini")],
            user=rights["user"],
            group=rights["group"],
            extra_groups=rights["extra_groups"],
            start_new_session=True,
            stderr=subprocess.DEVNULL,
        )
        deadline = monotonic() + 30
        while not (folder / ".s.PGSQL.6432").exists():
            assert self.process.poll() is None, (folder / "pgbouncer.log").read_text()
            assert monotonic() < deadline, "PgBouncer did not start"
            sleep(0.02)

    def url(self, database: str) -> str:
        """The connection string of a database, through the pooler, as the plain role."""
        return f"postgresql://{OWNER}@/{database}?host={self.folder}&port=6432"

    def stop(self) -> None:
        """End the process that `__init__` started."""
        self.process.terminate()
        self.process.wait(30)


def prepare_owner(server: EmbeddedPostgres, template: str) -> None:
    """Make the plain role and an empty template with the extensions a host provides."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(f"create role {OWNER} login createdb createrole")
        connection.execute(f"create database {template} owner {OWNER}")
    with psycopg.connect(server.url(template), autocommit=True) as connection:
        connection.execute("create schema extensions")
        connection.execute("create extension vector with schema extensions")
        connection.execute("create extension pg_trgm with schema extensions")
        connection.execute(f"grant usage, create on schema extensions to {OWNER} with grant option")


def wanted() -> bool:
    """True when this run shall go through the pooler."""
    return bool(os.environ.get("POSTHUS_TEST_POOLER"))
