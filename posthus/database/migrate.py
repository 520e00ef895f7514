"""Apply plain-SQL migrations to any Postgres, recorded where the Supabase command line looks too."""

import re
from dataclasses import dataclass
from pathlib import Path

import psycopg

_FILE_NAME = re.compile(r"^([0-9]+)_(.*)\.sql$")
_LOCK = 5_021_977_118  # any number, the same in every runner
_HISTORY = """
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (
  version text not null primary key, statements text[], name text
);
"""


class MigrationError(Exception):
    """A migration cannot be applied; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of the migrations folder."""

    version: str
    name: str
    sql: str

    @property
    def alone(self) -> bool:
        """True for a file that must run outside a transaction (CREATE INDEX CONCURRENTLY)."""
        return self.sql.startswith("-- posthus: no-transaction")


def migrations_folder() -> Path:
    """Where the migrations are: in the wheel beside this file, in a checkout at its root."""
    packed = Path(__file__).with_name("migrations")
    return packed if packed.is_dir() else Path(__file__).parents[2] / "supabase" / "migrations"


def read_migrations(folder: Path) -> list[Migration]:
    """Every migration of the folder, oldest first."""
    found = []
    for path in sorted(folder.glob("*.sql")):
        match = _FILE_NAME.match(path.name)
        if match is None:
            raise MigrationError(f"{path.name} is not named <timestamp>_<name>.sql")
        found.append(Migration(match[1], match[2], path.read_text(encoding="utf-8")))
    return found


def pending(url: str, folder: Path | None = None) -> list[Migration]:
    """The migrations that the database has not had yet; raises when an applied one was changed."""
    with psycopg.connect(url, prepare_threshold=None) as connection:
        known = connection.execute("select to_regclass('supabase_migrations.schema_migrations')").fetchone()
        applied = _applied(connection) if known and known[0] else {}
    return _missing(read_migrations(folder or migrations_folder()), applied)


def migrate(url: str, folder: Path | None = None) -> list[Migration]:
    """Apply what is missing, each file in its own transaction, and say what was applied."""
    every = read_migrations(folder or migrations_folder())
    done: list[Migration] = []
    while True:
        migration = _apply_next(url, every)
        if migration is None:
            return done
        done.append(migration)


def _apply_next(url: str, every: list[Migration]) -> Migration | None:
    with psycopg.connect(url, prepare_threshold=None) as connection:
        # Several processes may start at once: one applies, the others wait here and find nothing to do.
        connection.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
        connection.execute(_HISTORY)
        missing = _missing(every, _applied(connection))
        if not missing:
            return None
        migration = missing[0]
        try:
            if migration.alone:
                with psycopg.connect(url, autocommit=True, prepare_threshold=None) as alone:
                    alone.execute(migration.sql.encode())
            else:
                connection.execute(migration.sql.encode())
        except psycopg.Error as error:
            raise MigrationError(f"{migration.version}_{migration.name}.sql: {error}") from error
        connection.execute(
            "insert into supabase_migrations.schema_migrations (version, statements, name) values (%s, %s, %s)",
            (migration.version, [migration.sql], migration.name),
        )
        return migration


def _applied(connection: psycopg.Connection) -> dict[str, list[str]]:
    found = connection.execute("select version, statements from supabase_migrations.schema_migrations")
    return {version: statements or [] for version, statements in found}


def _missing(every: list[Migration], applied: dict[str, list[str]]) -> list[Migration]:
    for migration in every:
        statements = applied.get(migration.version)
        # The Supabase command line stores statements one by one: only our own form can be compared.
        if statements is not None and len(statements) == 1 and statements[0] != migration.sql:
            raise MigrationError(
                f"{migration.version}_{migration.name}.sql was changed after it was applied; add a new file instead"
            )
    return [migration for migration in every if migration.version not in applied]
