"""Which models have made vectors here: each has a number, so that vectors of two never mix."""

from psycopg import Connection

from posthus.database.pool import number
from posthus.database.queries import load
from posthus.embedding.encoder import Encoder

SQL = load(__file__)


def ensure_model(connection: Connection, encoder: Encoder) -> int:
    """The number of the encoder's model, given one when it is new."""
    given = {"name": encoder.model, "dimensions": encoder.dimensions}
    connection.execute(SQL["add_model"], given)
    return number(connection, SQL["model_number"], given)
