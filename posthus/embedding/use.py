"""What models behind an address were asked for, by day: whoever pays sees it in `posthus status`."""

from dataclasses import asdict, dataclass

from psycopg import Connection

from posthus.database.pool import rows
from posthus.database.queries import load
from posthus.embedding.encoder import Use

SQL = load(__file__, "use.sql")


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What one model was asked for: see `Use`."""

    model: str
    requests: int
    texts: int
    tokens: int
    refused: int


def note_use(connection: Connection, model: str, use: Use) -> None:
    """Add to today's use of a model."""
    connection.execute(SQL["note_use"], {"model": model, **asdict(use)})


def used(connection: Connection, days: int = 30) -> list[ModelUse]:
    """The use of each model over so many days, today included; empty where no model is paid for."""
    return rows(connection, SQL["used"], {"days": days}, ModelUse)
