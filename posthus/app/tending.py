"""Services that look after vectors: their indexes, because a build may take minutes, and the model behind an address."""

import logging
import threading

import psycopg

from posthus import telemetry
from posthus.app.ground import Ground, Services
from posthus.database.pool import Database
from posthus.embedding.encoder import Encoder, EncoderError, Use
from posthus.embedding.index import WORTHWHILE, extension_trouble, tend
from posthus.embedding.use import note_use
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


class ModelWatch:
    """Asks the model behind an address once at the start, so that what is set wrongly is said, and notes its use."""

    def __init__(self, database: Database, encoder: Encoder, pace: Pace | None = None) -> None:
        self.database = database
        self.encoder = encoder
        self.pace = pace or Pace(30.0)

    def run(self, stop: threading.Event) -> None:
        """Note what was used until asked to stop, and what is left then."""
        self.check()
        keep_running("model_use", self.run_once, self.pace, stop)
        try:
            self.run_once()
        except psycopg.Error as error:
            telemetry.log("model_use_not_noted", error=type(error).__name__)

    def check(self) -> None:
        """Say whether the model answers as it is set; what waits for it waits either way."""
        try:
            self.encoder.queries(["?"])
        except EncoderError as error:
            telemetry.log("model_unusable", level=logging.ERROR, model=self.encoder.model, reason=str(error))
        else:
            telemetry.log("model_answers", model=self.encoder.model, dimensions=self.encoder.dimensions)

    def run_once(self) -> None:
        """What was used since the last time."""
        use = self.encoder.take_use()
        if use != Use():
            with self.database.transaction() as connection:
                note_use(connection, self.encoder.model, use)


def watch_model(ground: Ground, name: str, encoder: Encoder) -> Services:
    """Who looks after a process's model; one on this machine needs nobody."""
    return {} if ground.settings.embedder == "local" else {name: ModelWatch(ground.database, encoder).run}
