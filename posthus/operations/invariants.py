"""Promises that are checked while Posthus runs, each with what was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from psycopg import Connection

from posthus.database.pool import number
from posthus.database.queries import load
from posthus.operations.status import SourceCounts

SQL = load(__file__)
OLD = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Invariant:
    """A promise and whether it holds."""

    name: str
    holds: bool
    detail: str


def check_invariants(connection: Connection, sources: Sequence[SourceCounts]) -> list[Invariant]:
    """Every invariant, now; `sources` are all sources as they were counted."""
    before = datetime.now(UTC) - OLD
    bound = UUID(int=int(before.timestamp() * 1000) << 80)
    unfiled = number(connection, SQL["unfiled_events"], {"before": bound})
    unlinked = number(connection, SQL["unlinked_messages"], {})
    gaps = [source.name for source in sources if source.filed + source.buried_events > source.stored]
    return [
        Invariant(
            "every_old_event_is_filed_or_buried", unfiled == 0, f"{unfiled} older than 10 minutes are neither"
        ),
        Invariant(
            "every_old_message_is_in_a_conversation",
            unlinked == 0,
            f"{unlinked} older than 10 minutes are not",
        ),
        Invariant(
            "nothing_is_filed_that_was_not_stored", not gaps, ", ".join(gaps) or "every source adds up"
        ),
    ]
