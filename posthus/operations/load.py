"""What the processes told of themselves, added up: how busy stages and machines are, caches, spools."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from posthus.operations.status import RunningProcess

REPORT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Searches:
    """Searches by how they were answered: anew, as remembered, remembered and brought up to date; seconds not spent."""

    new: int = 0
    kept: int = 0
    updated: int = 0
    seconds_saved: float = 0.0


@dataclass(frozen=True, slots=True)
class Load:
    """`busy` is each stage's share of its workers' time, 0-1, `processor` that of the busiest machine, where known.

    `cache_hits`, `cache_misses` and `searches` count since the processes began; `spool_events` wait on disk for the
    database.
    """

    busy: Mapping[str, float]
    processor: float | None
    cache_hits: int
    cache_misses: int
    spool_events: int
    spool_bytes: int
    spool_seconds: float
    searches: Searches = Searches()

    @property
    def cache_hit_ratio(self) -> float | None:
        """The share of the API's reads that a remembered answer served; None where nothing was read."""
        reads = self.cache_hits + self.cache_misses
        return self.cache_hits / reads if reads else None


def load_of(processes: Sequence[RunningProcess]) -> Load:
    """The load that the processes' last reports add up to."""
    reports: list[dict[str, float]] = [orjson.loads(process.meters) for process in processes]

    def total(name: str) -> float:
        return sum(report.get(name, 0.0) for report in reports)

    workers: dict[str, int] = {}
    for process in processes:
        for stage in process.stages:
            workers[stage] = workers.get(stage, 0) + 1
    loads = [report["host.processor"] for report in reports if "host.processor" in report]
    return Load(
        busy={
            stage: min(1.0, total(f"{stage}.busy_seconds") / (count * REPORT_SECONDS))
            for stage, count in workers.items()
        },
        processor=max(loads, default=None),
        cache_hits=int(total("cache.hits")),
        cache_misses=int(total("cache.misses")),
        spool_events=int(total("spool.events")),
        spool_bytes=int(total("spool.bytes")),
        spool_seconds=max((report.get("spool.age_seconds", 0.0) for report in reports), default=0.0),
        searches=Searches(
            new=int(total("remembered.new")),
            kept=int(total("remembered.kept")),
            updated=int(total("remembered.updated")),
            seconds_saved=total("remembered.seconds_saved"),
        ),
    )
