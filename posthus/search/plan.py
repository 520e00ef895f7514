"""Which way a search by meaning goes through the vectors; pure, because the planner's own choice loses hits.

Postgres takes an approximate index for a filter that leaves 1 % and finds 4 % of what it should.
"""

from dataclasses import dataclass, replace
from typing import Literal

BEHIND_A_FILTER = 60  # chunks: the index pays for each of them with all that the filter leaves out
ENOUGH = 50
EF_SEARCH, EF_WIDE = 400, 800
EF_WIDEST = 1_000  # pgvector's most
WIDE_FROM = 300_000  # vectors: recall falls as an index grows, unless it looks further around
AS_MANY = 250
QUARTER = 4

Way = Literal["nothing", "everything", "matching", "signs", "people", "sent", "index"]
By = Literal["messages", "people", "sent"]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How much each way may look at; docs/vectors.md has what it costs.

    `matching`: messages behind a filter whose vectors are compared in full; `signs`: those compared by the signs of
    their vectors first; `people`, `sent`: chunks of people, or of a time and of sources, compared so; `walked`:
    vectors that the index looks at behind a filter; `patience`: messages that are compared by signs after the index found too few; `chunks`: how many are
    wanted, several of which may be of one message.
    """

    matching: int = 4_000
    signs: int = 30_000
    people: int = 200_000
    sent: int = 150_000
    walked: int = 20_000
    patience: int = 60_000
    chunks: int = 200


@dataclass(frozen=True, slots=True)
class Measured:
    """What was looked up before choosing; `vectors_in_index` is about how many the workspace's index has.

    `expected` is how much the filter leaves, `by` of what: chunks of `people` (counted to the threshold and one more)
    or of when and from where they were `sent` where it names nothing else, or messages (both as the planner expects).
    """

    any_vector: bool
    vectors_in_index: int
    by: By = "messages"
    expected: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """`everything`: compare all vectors; `matching`: those behind the filter; `signs`: the same, by their signs
    first; `people`, `sent`: so too, from an index of people, or of sources and time; `index`: ask HNSW, then filter.

    `most` chunks are wanted; `looked_at` is how many messages (`signs`) or vectors (`index`) at most, and
    `ef_search` how widely HNSW looks around.
    """

    way: Way
    said: str
    filtered: bool = False
    most: int = 0
    looked_at: int = 0
    ef_search: int = 200


def choose(measured: Measured, limits: Thresholds, *, filtered: bool) -> Plan:
    """The way that finds everything where that is cheap, and the index where it is not."""
    if not measured.any_vector:
        return Plan("nothing", "no vectors of this model yet")
    plan = _behind_filter(measured, limits) if filtered else _of_all(measured)
    return plan if plan.most else replace(plan, most=limits.chunks)


def _of_all(measured: Measured) -> Plan:
    if not measured.vectors_in_index:
        return Plan("everything", "exact")
    return Plan("index", "index", ef_search=EF_WIDE if measured.vectors_in_index > WIDE_FROM else EF_SEARCH)


def _behind_filter(measured: Measured, limits: Thresholds) -> Plan:
    if measured.by != "messages" and measured.expected <= _affordable(measured, limits):
        return Plan(measured.by, f"signs of {measured.expected} chunks, then exact", filtered=True)
    if measured.vectors_in_index:
        width = EF_WIDEST if measured.vectors_in_index > WIDE_FROM else EF_SEARCH
        # Signs cost a message each; the index costs the more the fewer pass: about the same at this many.
        even = int((AS_MANY * measured.vectors_in_index) ** 0.5)
        few = measured.by == "messages" and measured.expected <= min(limits.signs, even)
        return _by_signs(limits.signs, width) if few else by_index(limits, width)
    if measured.by == "messages" and measured.expected <= limits.matching:
        return Plan("matching", "exact behind the filter", filtered=True)
    return _by_signs(2**31 - 2)  # so large a workspace has an index soon; until then everything is looked at


def _affordable(measured: Measured, limits: Thresholds) -> int:
    """How many chunks are compared by their signs: those of people anyway, because the index may not reach them."""
    if measured.by == "people" or not measured.vectors_in_index:
        return limits.people
    return min(limits.sent, measured.vectors_in_index // QUARTER)


def _by_signs(looked_at: int, ef_search: int = EF_SEARCH) -> Plan:
    said = "signs behind the filter, then exact"
    return Plan("signs", said, filtered=True, looked_at=looked_at, ef_search=ef_search)


def by_index(limits: Thresholds, ef_search: int) -> Plan:
    """Ask the index behind a filter."""
    most, said = min(BEHIND_A_FILTER, limits.chunks), "index behind the filter"
    return Plan("index", said, filtered=True, most=most, looked_at=limits.walked, ef_search=ef_search)


def after_too_few(plan: Plan, found: int, limits: Thresholds) -> Plan | None:
    """What to do when the index found too few behind a filter; None when that is a whole answer."""
    if plan.way != "index" or not plan.filtered or found >= ENOUGH:
        return None
    said = f"index found {found}, then signs behind the filter"
    return replace(plan, way="signs", said=said, most=limits.chunks, looked_at=limits.patience)


def may_be_more(plan: Plan, found: int) -> Plan:
    """The index's own answer, where the filter leaves too many to compare them all."""
    return replace(plan, said=f"index found {found} behind the filter, there may be more")
