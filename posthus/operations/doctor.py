"""`posthus doctor`: looks at the database and the sources and says what to fix."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from psycopg import Connection

from posthus.database.migrate import pending
from posthus.database.pool import Database, row, rows
from posthus.database.queries import load
from posthus.intake.secrets import Keyring, SecretCounts, count_secrets
from posthus.operations.invariants import check_invariants
from posthus.operations.status import SourceCounts, running_processes, source_counts
from posthus.operations.storage import measure_storage

SQL = load(__file__)
OLDEST_VECTOR = (0, 8, 0)
GOOD_VECTOR = (0, 8, 4)
LONG_TRANSACTION = 600.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `advice` says what to do where it is not fine."""

    subject: str
    state: Literal["fine", "warning", "broken"]
    detail: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Extension:
    """An extension and its version."""

    extname: str
    extversion: str


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What the server says of itself."""

    version: int
    max_connections: int
    connections: int
    oldest_transaction_seconds: float


@dataclass(frozen=True, slots=True)
class TableSize:
    """What a table takes on disk, with its indexes and partitions."""

    name: str
    bytes: int


def examine(database: Database, keyring: Keyring) -> list[Finding]:
    """Every finding, the broken ones too; raises only when the database cannot be reached."""
    missing = pending(database.url)
    if missing:
        names = ", ".join(f"{one.version}_{one.name}" for one in missing)
        return [Finding("migrations", "broken", f"not applied: {names}", "run posthus migrate")]
    with database.transaction() as connection:
        sources = source_counts(connection)
        return [
            Finding("migrations", "fine", "all applied"),
            *_server(connection),
            *_extensions(connection),
            *_indexes(connection),
            *_work(connection, sources),
            *_secrets(count_secrets(connection, keyring)),
            Finding("storage", "fine", measure_storage(connection).sentence()),
            *_sources(sources),
        ]


def table_sizes(connection: Connection) -> list[TableSize]:
    """The largest tables, largest first."""
    return rows(connection, SQL["bytes_per_message"], {}, TableSize)


def _server(connection: Connection) -> list[Finding]:
    facts = row(connection, SQL["server_facts"], {}, ServerFacts)
    if facts is None:
        return [Finding("server", "broken", "it told nothing about itself")]
    old = facts.version < 150000
    busy = facts.connections > 0.8 * facts.max_connections
    held = facts.oldest_transaction_seconds > LONG_TRANSACTION
    used = f"{facts.connections} of {facts.max_connections} connections"
    age = f"the oldest transaction is {facts.oldest_transaction_seconds:.0f} s old"
    return [
        Finding(
            "server",
            "broken" if old else "fine",
            f"PostgreSQL {facts.version // 10000}",
            "15 or newer is needed" if old else "",
        ),
        Finding("connections", "warning" if busy else "fine", used, "put a pooler in front" if busy else ""),
        Finding(
            "transactions",
            "warning" if held else "fine",
            age,
            "find and end it: it keeps old rows alive" if held else "",
        ),
    ]


def _extensions(connection: Connection) -> list[Finding]:
    found = {
        one.extname: one.extversion for one in rows(connection, SQL["extension_versions"], {}, Extension)
    }
    version = found.get("vector")
    if version is None:
        return [
            Finding(
                "vector",
                "broken",
                "the extension vector is missing",
                "create extension vector with schema extensions",
            )
        ]
    parts = tuple(int(part) for part in version.split("."))
    if parts < OLDEST_VECTOR:
        return [Finding("vector", "broken", f"pgvector {version}", "0.8.0 or newer is needed")]
    if parts < GOOD_VECTOR:
        return [
            Finding(
                "vector", "warning", f"pgvector {version}", "0.8.4 mends index races: ask your host for it"
            )
        ]
    return [Finding("vector", "fine", f"pgvector {version}")]


def _indexes(connection: Connection) -> list[Finding]:
    names = [str(name) for (name,) in connection.execute(SQL["invalid_indexes"])]
    if names:
        return [
            Finding(
                "indexes", "broken", f"invalid: {', '.join(names)}", "reindex index concurrently for each"
            )
        ]
    return [Finding("indexes", "fine", "all valid")]


def _work(connection: Connection, sources: Sequence[SourceCounts]) -> list[Finding]:
    stages = {stage for process in running_processes(connection) for stage in process.stages}
    idle = [stage for stage in ("file", "link", "embed") if stage not in stages]
    findings = [
        Finding(
            one.name,
            "fine" if one.holds else "broken",
            one.detail,
            "" if one.holds else "see posthus buried list and the log",
        )
        for one in check_invariants(connection, sources)
    ]
    if idle:
        findings.append(
            Finding(
                "workers",
                "warning",
                f"nobody does: {', '.join(idle)}",
                "start posthus up or posthus run worker",
            )
        )
    else:
        findings.append(Finding("workers", "fine", "every stage has one"))
    return findings


def _secrets(counts: SecretCounts) -> list[Finding]:
    all_of_them = counts.current + counts.older + counts.plain + counts.lost
    if counts.lost:
        return [
            Finding(
                "secrets",
                "broken",
                f"{counts.lost} of {all_of_them} cannot be opened with the keys that are set",
                "add the key they were sealed with to POSTHUS_SECRET_KEY, or enter them again",
            )
        ]
    if counts.plain:
        return [
            Finding("secrets", "warning", f"{counts.plain} are stored openly", "run posthus secrets reseal")
        ]
    if counts.older:
        advice = "run posthus secrets reseal, then the old key can go"
        return [Finding("secrets", "warning", f"{counts.older} are sealed with an older key", advice)]
    return [Finding("secrets", "fine", f"{all_of_them} sealed")]


def _sources(sources: Sequence[SourceCounts]) -> list[Finding]:
    findings = []
    for source in sources:
        counts = f"stored {source.stored}, filed {source.filed}, indexed {source.indexed} of {source.messages}, buried {source.buried}"
        if source.buried:
            findings.append(
                Finding(f"source {source.name}", "warning", counts, "posthus buried list shows why")
            )
        else:
            findings.append(Finding(f"source {source.name}", "fine", counts))
    return findings
