"""Background services that look: the queue's numbers every few seconds, and each process at itself."""

import os
import random
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import orjson
import psutil
import psycopg

from posthus import telemetry
from posthus.database.pool import Database
from posthus.database.queries import load
from posthus.queue.reading import stage_numbers
from posthus.telemetry import Meter

SQL = load(__file__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a service looks, in seconds, give or take a tenth."""

    seconds: float = 5.0

    def pause(self) -> float:
        """The next wait, jittered so that many processes do not look at once."""
        return self.seconds * random.uniform(0.9, 1.1)


def keep_running(name: str, run_once: Callable[[], None], pace: Pace, stop: threading.Event) -> None:
    """Call `run_once` until asked to stop; a database that is away is waited for."""
    while not stop.is_set():
        try:
            run_once()
        except psycopg.Error as error:
            telemetry.log("service_turn_failed", service=name, error=f"{type(error).__name__}: {error}")
        stop.wait(pace.pause())


class Sampler:
    """Writes one row per stage every few seconds and forgets the day before yesterday."""

    def __init__(self, database: Database, pace: Pace | None = None) -> None:
        self.database = database
        self.pace = pace or Pace()

    def run(self, stop: threading.Event) -> None:
        """Sample until asked to stop."""
        keep_running("sampler", self.run_once, self.pace, stop)

    def run_once(self) -> None:
        """One sample of every stage."""
        with self.database.transaction() as connection:
            numbers = [{**asdict(stage), "appended": stage.appended} for stage in stage_numbers(connection)]
            connection.execute(SQL["insert_stage_samples"], {"samples": orjson.dumps(numbers).decode()})


class SelfReport:
    """Tells the database what this process is, how busy it is and what it counted."""

    def __init__(self, database: Database, role: str, stages: Sequence[str], meter: Meter) -> None:
        self.database = database
        self.role = role
        self.stages = list(stages)
        self.meter = meter
        self.pace = Pace()
        self._process = psutil.Process()
        self._where = {"host": socket.gethostname(), "pid": os.getpid()}
        self._started_at = datetime.fromtimestamp(self._process.create_time(), UTC)

    def run(self, stop: threading.Event) -> None:
        """Report until asked to stop, then say goodbye."""
        keep_running("self_report", self.run_once, self.pace, stop)
        try:
            with self.database.transaction() as connection:
                connection.execute(SQL["forget_process"], self._where)
        except psycopg.Error as error:
            telemetry.log("goodbye_not_said", error=type(error).__name__)

    def run_once(self) -> None:
        """One report; the children's use counts as this process's."""
        processes = [self._process, *self._process.children(recursive=True)]
        processor, memory = 0.0, 0
        for process in processes:
            try:
                processor += process.cpu_percent() / 100
                memory += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        row = {
            **self._where,
            "role": self.role,
            "started_at": self._started_at,
            "processor": processor,
            "memory_bytes": memory,
            "stages": self.stages,
            "meters": orjson.dumps(
                {**self.meter.take(), "host.processor": psutil.cpu_percent() / 100}
            ).decode(),
        }
        with self.database.transaction() as connection:
            connection.execute(SQL["report_process"], row)


class Upkeep:
    """Makes next month's partitions, rotates what is done with and forgets old samples."""

    def __init__(
        self, database: Database, rotations: Sequence[Callable[[], object]], pace: Pace | None = None
    ) -> None:
        self.database = database
        self.rotations = rotations
        self.pace = pace or Pace(600.0)

    def run(self, stop: threading.Event) -> None:
        """Keep things up until asked to stop."""
        keep_running("upkeep", self.run_once, self.pace, stop)

    def run_once(self) -> None:
        """Everything that must not be forgotten, each in its own transaction."""
        for name in ("ensure_partitions", "prune_samples", "prune_processes"):
            with self.database.transaction() as connection:
                connection.execute(SQL[name])
        for rotate in self.rotations:
            rotate()
