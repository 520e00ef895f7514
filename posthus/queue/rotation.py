"""Making room: tomorrow's partitions are made, what every stage has passed is dropped, never deleted."""

import psycopg

from posthus import telemetry
from posthus.database.pool import Database
from posthus.database.queries import load

SQL = load(__file__, "rotation.sql")


def rotate(database: Database) -> None:
    """One round; a lock that cannot be had within a second is left for the next round."""
    for name in ("extend_log", "rotate_log", "extend_dedupe", "forget_dedupe"):
        try:
            with database.transaction() as connection:
                connection.execute(SQL[name])
        except psycopg.errors.LockNotAvailable:
            telemetry.log("rotation_postponed", step=name)
