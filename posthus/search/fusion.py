"""Several rankings into one: weighted reciprocal rank fusion; pure.

Cormack, Clarke and Buettcher, SIGIR 2009. Beside its place, how well a hit fits counts too: the first of a ranking
in which nothing fits well shall not stand above what fits. k and the weights are measured, see docs/search.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

K = 5


@dataclass(frozen=True, slots=True)
class Arm:
    """One ranking, best first; an id counts where it stands first.

    `fits` says of each id, 0 to 1, how much of the weight it deserves; all of it where it is empty.
    """

    name: str
    weight: float
    ids: Sequence[UUID]
    fits: Sequence[float] = ()


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
        fits = dict(zip(reversed(arm.ids), reversed(arm.fits or [1.0] * len(arm.ids)), strict=True))
        for rank, one in enumerate(dict.fromkeys(arm.ids), start=1):
            scores[one] = scores.get(one, 0.0) + arm.weight * fits[one] / (k + rank)
            places.setdefault(one, {})[arm.name] = rank
    order = sorted(scores, key=lambda one: (scores[one], one), reverse=True)
    return [Fused(one, scores[one], places[one]) for one in order]
