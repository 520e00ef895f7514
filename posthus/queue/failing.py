"""What happens to an item that fails: a later try, or the list of the buried."""

import random
from dataclasses import dataclass

import psycopg
from psycopg import Connection

from posthus.database.queries import load
from posthus.queue.stages import AnyStage, Away, Item, Permanent, topic_of

SQL = load(__file__, "working.sql")
JITTER = 0.25
ERROR_LENGTH = 4000


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an item failed; `final` when no retry can help."""

    error: str
    final: bool

    @classmethod
    def of(cls, error: BaseException) -> "Failure":
        """The failure that an exception stands for."""
        text = f"{type(error).__name__}: {error}"[:ERROR_LENGTH].replace("\x00", "\ufffd")
        return cls(text, isinstance(error, Permanent))


def transient(error: BaseException) -> bool:
    """True where the database, or another service, is to blame and not the item: no attempt is counted."""
    if isinstance(error, Away):
        return True
    # A statement too large for the server is an OperationalError too, but one that no waiting mends.
    if isinstance(error, psycopg.errors.ProgramLimitExceeded):
        return False
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)


def put_aside(connection: Connection, stage: AnyStage, item: Item, failure: Failure) -> None:
    """Write down that the item failed once more; part of the transaction that goes on without it."""
    attempts = item.attempts + 1
    row = {
        "stage": stage.name,
        "topic": topic_of(stage.job),
        "part": item.part,
        "workspace_id": item.workspace_id,
        "source_id": item.source_id,
        "subject": item.subject,
        "attempts": attempts,
        "error": failure.error,
    }
    if failure.final or attempts >= stage.patience.attempts:
        connection.execute(SQL["bury"], row)
        connection.execute(SQL["drop_retry"], row)
    else:
        pause = stage.patience.seconds(attempts) * random.uniform(1 - JITTER, 1 + JITTER)
        connection.execute(SQL["delay"], {**row, "pause": pause})
