"""The faults of a campaign: each is done to processes that are at work, and counted."""

import os
import signal
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from time import monotonic, sleep
from typing import NamedTuple

import psutil
import psycopg

from bench.faults_place import Place

ENOUGH = 200  # refusals for want of room, before room is made
LONGEST = 60.0  # seconds that anything is waited for in the middle of a fault
_BACKENDS = (
    "select pid from pg_stat_activity where application_name like 'posthus%' and pid <> pg_backend_pid()"
)


class Progress(NamedTuple):
    """How many deliveries there are, how many were answered, and how many times one was told to come again."""

    total: int
    answered: Callable[[], int]
    refused: Callable[[], int]


@dataclass
class Blows:
    """Does faults by name, and sees by the progress what they do."""

    place: Place
    chance: Random
    progress: Progress
    outage_seconds: float
    freeze_seconds: float
    done: Counter[str] = field(default_factory=Counter)

    def deal(self, name: str) -> None:
        """One fault, once Postgres is up again from the one before."""
        self._until(self.place.server.answers)
        DEEDS[name](self)

    def kill_intake(self) -> None:
        """End with -9: a process that receives."""
        self.chance.choice(self.place.intakes).kill()
        self.done["intakes killed"] += 1

    def kill_worker(self) -> None:
        """End with -9: a process that files."""
        self.chance.choice(self.place.workers).kill()
        self.done["workers killed"] += 1

    def kill_backend(self) -> None:
        """End with -9: one Postgres backend: Postgres ends all of them and recovers."""
        for pid in self._backends():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            self.done["Postgres backends killed"] += 1
            return

    def cut_connections(self) -> None:
        """Every connection to the database ends."""
        try:
            with psycopg.connect(self.place.server.url("postgres"), autocommit=True) as connection:
                ended = connection.execute(
                    f"select pg_terminate_backend(a.pid) from ({_BACKENDS}) a"
                ).fetchall()
        except psycopg.OperationalError:  # it is recovering
            return
        self.done["database connections cut"] += len(ended)

    def freeze_postgres(self) -> None:
        """Postgres stands still, with commits on their way, and then goes on."""
        halted = self._postgres()
        for each in halted:
            each.suspend()
        sleep(self.freeze_seconds)
        for each in halted:
            if each.is_running():
                each.resume()
        self.done["Postgres frozen"] += 1

    def kill_postgres(self) -> None:
        """End with -9: the whole server."""
        server = self.place.server
        assert server.process is not None
        server.process.kill()
        server.process.wait()
        self.place.start_postgres()
        self.done["Postgres killed"] += 1

    def outage(self) -> None:
        """Postgres is stopped; meanwhile the disk fills and, while it is full, an intake is killed."""
        began, refused = monotonic(), self.progress.refused()
        self.place.server.stop()
        self._until_answered(0.03)
        self.place.disk.fill()
        self._until(lambda: self.progress.refused() - refused > ENOUGH // 2)
        self.kill_intake()
        self._until(lambda: self.progress.refused() - refused > ENOUGH)
        self._until(lambda: monotonic() - began > self.outage_seconds / 2)
        self.place.disk.free()
        self.done["disks filled"] += 1
        self._until_answered(0.03)
        self.kill_intake()
        self._until(lambda: monotonic() - began > self.outage_seconds)
        self.place.start_postgres()
        self.done["Postgres stopped"] += 1

    def _until_answered(self, share: float) -> None:
        goal = min(self.progress.answered() + share * self.progress.total, self.progress.total)
        self._until(lambda: self.progress.answered() >= goal)

    def _until(self, condition: Callable[[], bool]) -> None:
        deadline = monotonic() + LONGEST
        while not condition():
            if monotonic() > deadline:
                raise TimeoutError("the fault did not take effect")
            sleep(0.02)

    def _backends(self) -> list[int]:
        try:
            with psycopg.connect(self.place.server.url("postgres"), autocommit=True) as connection:
                found = [pid for (pid,) in connection.execute(_BACKENDS + " and state <> 'idle'").fetchall()]
        except psycopg.OperationalError:
            return []
        self.chance.shuffle(found)
        return found

    def _postgres(self) -> list[psutil.Process]:
        process = self.place.server.process
        assert process is not None
        return [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]


DEEDS: Mapping[str, Callable[[Blows], None]] = {
    "kill an intake": Blows.kill_intake,
    "kill a worker": Blows.kill_worker,
    "kill a backend": Blows.kill_backend,
    "cut the database's connections": Blows.cut_connections,
    "freeze Postgres": Blows.freeze_postgres,
    "kill Postgres": Blows.kill_postgres,
    "stop Postgres": Blows.outage,
}
