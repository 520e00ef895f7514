"""Child processes of `posthus up`: started, watched, restarted, and drained when asked to stop."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic

from posthus import telemetry

DRAIN_SECONDS = 30.0
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 15.0
STEADY_SECONDS = 30.0  # a child that ran this long starts over with the first pause


@dataclass(slots=True)
class Child:
    """One process to keep running; `lifeline` is the pipe whose end tells it that its parent is gone."""

    name: str
    arguments: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    lifeline: int = -1
    started_at: float = 0.0
    pause: float = FIRST_PAUSE
    start_at: float = field(default=0.0)

    def start(self, environment: Mapping[str, str]) -> None:
        """Run it as `python -m posthus …`."""
        end, self.lifeline = os.pipe()
        command = [sys.executable, "-m", "posthus", *self.arguments, "--lifeline"]
        self.process = subprocess.Popen(command, stdin=end, env=dict(environment), start_new_session=True)
        os.close(end)
        self.started_at = monotonic()

    def ended(self) -> bool:
        """True when it ran and is no longer there."""
        return self.process is not None and self.process.poll() is not None

    def forget(self) -> None:
        """Close the pipe of the process that ended and plan the next start."""
        if self.lifeline >= 0:
            os.close(self.lifeline)
            self.lifeline = -1
        steady = monotonic() - self.started_at > STEADY_SECONDS
        self.pause = FIRST_PAUSE if steady else min(self.pause * 2, LONGEST_PAUSE)
        self.start_at = monotonic() + self.pause
        self.process = None


class Supervisor:
    """Keeps every child running until `stop` is set, then drains them."""

    def __init__(self, children: Sequence[Child], environment: Mapping[str, str]) -> None:
        self.children = list(children)
        self.environment = environment

    def run(self, stop: threading.Event, each_turn: Callable[[], None] = lambda: None) -> None:
        """Start what is not running, look again five times a second; returns when all have ended."""
        try:
            while not stop.is_set():
                each_turn()
                self.run_once()
                stop.wait(0.2)
        finally:
            self.drain()

    def run_once(self) -> None:
        """Restart the children that ended and whose pause is over."""
        for child in self.children:
            if child.ended() and child.process is not None:
                code = child.process.returncode
                telemetry.log("child_ended", role=child.name, pid=child.process.pid, code=code)
                child.forget()
            if child.process is None and monotonic() >= child.start_at:
                child.start(self.environment)

    def drain(self) -> None:
        """Ask every child to finish what it has begun; kill what has not ended in time."""
        running = [child for child in self.children if child.process is not None]
        for child in running:
            if child.process is not None and child.process.poll() is None:
                child.process.terminate()
        deadline = monotonic() + DRAIN_SECONDS
        for child in running:
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.1, deadline - monotonic()))
            except subprocess.TimeoutExpired:
                telemetry.log("child_killed", role=child.name, pid=child.process.pid)
                child.process.kill()
                child.process.wait()
            child.forget()


def watch_lifeline(stop: threading.Event) -> None:
    """In a child: set `stop` when the supervisor is gone, however it went."""

    def watch() -> None:
        while os.read(0, 1):
            pass
        stop.set()

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
