"""Which way a search by meaning goes through the vectors; pure, because the planner's own choice loses hits.

Postgres takes an approximate index for a filter that leaves 1 % and finds 4 % of what it should.
"""

from dataclasses import dataclass
from typing import Literal

CHUNKS_PER_ARM = 300  # several chunks of one message are one hit


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Below how many vectors everything is compared: in the whole workspace, and behind a filter."""

    workspace: int = 50_000
    filtered: int = 10_000


@dataclass(frozen=True, slots=True)
class Measured:
    """What was counted before choosing; both numbers stop at their threshold plus one."""

    vectors: int
    matching: int | None
    index_ready: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """`everything`: compare all vectors; `matching`: those behind the filter; `index`: ask HNSW, then filter."""

    way: Literal["nothing", "everything", "matching", "index"]
    said: str
    filtered: bool = False
    ef_search: int = 0


def choose(measured: Measured, limits: Thresholds, *, filtered: bool) -> Plan:
    """The way that finds everything where that is cheap, and the index where it is not."""
    if measured.vectors == 0:
        return Plan("nothing", "no vectors of this model yet")
    if measured.vectors <= limits.workspace:
        way: Literal["matching", "everything"] = "matching" if filtered else "everything"
        return Plan(way, f"exact among {measured.vectors} vectors", filtered)
    if filtered and measured.matching is not None and measured.matching <= limits.filtered:
        return Plan("matching", f"exact among {measured.matching} vectors behind the filter", filtered)
    if not measured.index_ready:
        return Plan(
            "matching" if filtered else "everything", f"exact, no index for over {limits.workspace}", filtered
        )
    return Plan("index", f"index, over {limits.workspace} vectors", filtered, ef_search=200)
