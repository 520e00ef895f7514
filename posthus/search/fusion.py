"""Several rankings into one: weighted reciprocal rank fusion; pure.

Cormack, Clarke and Buettcher, SIGIR 2009; k and the weights are measured, see docs/search.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

K = 20


@dataclass(frozen=True, slots=True)
class Arm:
    """One ranking, best first; an id counts where it stands first."""

    name: str
    weight: float
    ids: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Fused:
    """An id with its score, and its place (from 1) in each arm that brought it."""

    id: UUID
    score: float
    places: Mapping[str, int]


def fuse(arms: Sequence[Arm], k: int = K) -> list[Fused]:
    """Every id of every arm, best first; of equal scores the newest id (they sort by time) comes first."""
    scores: dict[UUID, float] = {}
    places: dict[UUID, dict[str, int]] = {}
    for arm in arms:
        if arm.weight <= 0:
            continue
        for rank, one in enumerate(dict.fromkeys(arm.ids), start=1):
            scores[one] = scores.get(one, 0.0) + arm.weight / (k + rank)
            places.setdefault(one, {})[arm.name] = rank
    order = sorted(scores, key=lambda one: (scores[one], one), reverse=True)
    return [Fused(one, scores[one], places[one]) for one in order]
