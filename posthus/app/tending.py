"""The service that tends approximate indexes: on its own, because a build may take minutes."""

import logging
import threading

from posthus import telemetry
from posthus.database.pool import Database
from posthus.embedding.index import WORTHWHILE, extension_trouble, tend
from posthus.operations.sampling import Pace, keep_running


class VectorIndexes:
    """Builds, rebuilds and drops indexes as workspaces grow and shrink."""

    def __init__(self, database: Database, pace: Pace | None = None, at_least: int = WORTHWHILE) -> None:
        self.database = database
        self.pace = pace or Pace(120.0)
        self.at_least = at_least
        self._looked = False

    def run(self, stop: threading.Event) -> None:
        """Tend them until asked to stop; a build under way is given up then, and begun anew the next time."""
        keep_running("vector_indexes", lambda: self.run_once(stop), self.pace, stop)

    def run_once(self, stop: threading.Event) -> None:
        """One round; the first says what is wrong with the extension."""
        if not self._looked:
            with self.database.transaction() as connection:
                trouble = extension_trouble(connection)
            if trouble is not None:
                telemetry.log("vector_extension_old", level=logging.WARNING, trouble=trouble)
            self._looked = True
        tend(self.database, stop, self.at_least)
