"""The worker: one thread per stage, quick while there is work, patient while there is none."""

import random
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from posthus import telemetry
from posthus.database.pool import Database
from posthus.queue.failing import transient
from posthus.queue.long import LongTurns
from posthus.queue.short import ShortTurns, ensure_cursors
from posthus.queue.stages import AnyStage, Stage, Topic, topic_of
from posthus.telemetry import Meter


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """Seconds between looks: the shortest after work was done, the longest when nothing comes."""

    shortest_pause: float = 0.05
    longest_pause: float = 1.0


class Wakeups:
    """Lets the stages of one process wake each other; only a hint, everybody also looks by themselves."""

    def __init__(self, stages: Sequence[AnyStage]) -> None:
        self._events = {stage.name: threading.Event() for stage in stages}
        self._followers: Mapping[Topic, list[str]] = {
            topic: [stage.name for stage in stages if topic_of(stage.job) == topic]
            for topic in ("received", "filed", "linked")
        }

    def wait(self, stage: str, seconds: float) -> None:
        """Sleep until somebody has put work for the stage, at most so many seconds."""
        event = self._events[stage]
        event.wait(seconds)
        event.clear()

    def wake(self, *topics: Topic) -> None:
        """Something was put under these topics."""
        for topic in topics:
            for stage in self._followers[topic]:
                self._events[stage].set()

    def wake_all(self) -> None:
        """Everybody looks, for instance because it is time to stop."""
        for event in self._events.values():
            event.set()


class StageLoop:
    """One stage of one worker: `run` until asked to stop, `run_once` for one turn."""

    def __init__(self, database: Database, stage: AnyStage, meter: Meter, wakeups: Wakeups) -> None:
        self.stage = stage
        self.turns = ShortTurns(database, stage) if isinstance(stage, Stage) else LongTurns(database, stage)
        self.meter = meter
        self.wakeups = wakeups
        self._ready = False

    def run(self, stop: threading.Event, settings: WorkerSettings) -> None:
        """Take turns; a database that is away is waited for, anything else in our own code ends one turn."""
        pause = settings.shortest_pause
        while not stop.is_set():
            done = self._guarded()
            if done:
                pause = settings.shortest_pause
                continue
            self.wakeups.wait(self.stage.name, pause * random.uniform(0.8, 1.2))
            pause = min(pause * 1.6, settings.longest_pause)

    def leave(self) -> None:
        """Stop soon: a short turn is finished, a long computation given up."""
        if isinstance(self.turns, LongTurns):
            self.turns.leave()

    def run_once(self) -> int:
        """One turn: how many items were dealt with."""
        if not self._ready:
            ensure_cursors(self.turns.database, self.stage)
            self._ready = True
        started = perf_counter()
        done = self.turns.once()
        if done:
            self.meter.add(f"{self.stage.name}.done", done)
            self.meter.add(f"{self.stage.name}.batches")
            self.meter.add(f"{self.stage.name}.busy_seconds", perf_counter() - started)
            # What a stage puts is for the stages after it, and they are few: all may look.
            self.wakeups.wake("received", "filed", "linked")
        return done

    def _guarded(self) -> int:
        try:
            return self.run_once()
        except Exception as error:  # noqa: BLE001 - the loop is where nothing may get out
            kind = "database_away" if transient(error) else "turn_failed"
            self.meter.add(f"{self.stage.name}.failed")
            telemetry.log(kind, stage=self.stage.name, error=f"{type(error).__name__}: {error}"[:500])
            return 0


class Worker:
    """Does the given stages, each in a thread of its own."""

    def __init__(
        self,
        database: Database,
        stages: Sequence[AnyStage],
        meter: Meter | None = None,
        settings: WorkerSettings | None = None,
    ) -> None:
        self.settings = settings or WorkerSettings()
        self.meter = meter or Meter()
        self.wakeups = Wakeups(stages)
        self.loops = [StageLoop(database, stage, self.meter, self.wakeups) for stage in stages]

    def run(self, stop: threading.Event) -> None:
        """Work until asked to stop; short turns are finished, long ones given up without a trace."""
        threads = [
            threading.Thread(target=loop.run, args=(stop, self.settings), name=f"stage-{loop.stage.name}")
            for loop in self.loops
        ]
        for thread in threads:
            thread.start()
        stop.wait()
        for loop in self.loops:
            loop.leave()
        self.wakeups.wake_all()
        for thread in threads:
            thread.join()

    def run_once(self) -> int:
        """One turn of every stage."""
        return sum(loop.run_once() for loop in self.loops)


def drain(database: Database, stages: Sequence[AnyStage]) -> int:
    """Work in this thread until no stage finds anything; retries that are not due yet are left."""
    worker, total = Worker(database, stages), 0
    while done := worker.run_once():
        total += done
    return total
