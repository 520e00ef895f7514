"""What the queue looks like from outside: numbers per stage."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import Connection

from posthus.database.pool import rows
from posthus.database.queries import load

SQL = load(__file__, "reading.sql")


@dataclass(frozen=True, slots=True)
class StageNumbers:
    """A stage's counts since its cursors exist; `appended` = `done` + `backlog`."""

    stage: str
    done: int
    backlog: int
    oldest_seconds: float
    retrying: int
    buried: int

    @property
    def appended(self) -> int:
        """How many items came."""
        return self.done + self.backlog


def stage_numbers(connection: Connection) -> list[StageNumbers]:
    """Every stage that a worker has begun, by name."""
    return rows(connection, SQL["stage_numbers"], {}, StageNumbers)


def pending(connection: Connection, stages: Sequence[str] | None = None) -> int:
    """How many items wait, in the log or for another try."""
    numbers = [one for one in stage_numbers(connection) if stages is None or one.stage in stages]
    return sum(one.backlog + one.retrying for one in numbers)
