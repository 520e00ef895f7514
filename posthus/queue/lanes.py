"""Fair shares: which part of the log a job stands in, which part a worker looks at next, and what is a burst."""

from collections.abc import Callable, Sequence
from time import monotonic
from typing import assert_never

from cachetools import LRUCache

from posthus.jobs import EmbedMessage, FileEvent, Job, Lane, LinkMessage, SourceId

LIVE_PARTS = 16
# Neighbouring parts belong to different sources, so that a worker on its round serves each in turn.
SOURCE_GROUPS = 16
SPREAD = 8  # how many workers can be busy with one source's bulk work
BULK_PARTS = SOURCE_GROUPS * SPREAD
AGAIN_PARTS = 16
FIRST_AGAIN = LIVE_PARTS + BULK_PARTS
PARTS = FIRST_AGAIN + AGAIN_PARTS


def part_of(job: Job) -> int:
    """Which part a job belongs to; the same lane and key always give the same one.

    Live: by event, by workspace for linking, by message for embedding. Bulk: by source as well, so that each
    source waits in parts of its own. Must never change for a kind of job: rows in the log keep their part.
    """
    match job.lane:
        case "live":
            return _key(job) % LIVE_PARTS
        case "bulk":
            if isinstance(job, LinkMessage):  # serial per workspace, whatever the source
                return LIVE_PARTS + job.workspace_id % BULK_PARTS
            return LIVE_PARTS + _key(job) % SPREAD * SOURCE_GROUPS + job.source_id % SOURCE_GROUPS
        case _:
            assert_never(job.lane)


def again_part_of(job: Job) -> int:
    """Which part a job belongs to that one stage is to do again."""
    return FIRST_AGAIN + _key(job) % AGAIN_PARTS


def lane_of(part: int) -> Lane:
    """The lane that a part is of; what is done again is bulk work."""
    return "live" if part < LIVE_PARTS else "bulk"


def _key(job: Job) -> int:
    match job:
        case FileEvent():
            return job.event_id.int
        case LinkMessage():
            return job.workspace_id
        case EmbedMessage():
            return job.message_id.int
        case _:
            assert_never(job)


class Round:
    """In which order one worker looks at the parts, so that bulk work gets one item in `bulk_every`.

    Live parts come first until enough live items were done to pay for the bulk items done before. Within a
    lane it goes on behind the part that it was given last, so that no part is passed over.
    """

    def __init__(self, bulk_every: int) -> None:
        self.bulk_every = bulk_every
        self._owed = bulk_every - 1  # live items still to do before bulk work goes first
        self._live = LIVE_PARTS - 1
        self._bulk = PARTS - 1

    def next(self) -> Sequence[int]:
        """Every part, the one to prefer first."""
        live = _behind(self._live, 0, LIVE_PARTS)
        bulk = _behind(self._bulk, LIVE_PARTS, PARTS)
        return bulk + live if self.bulk_first else live + bulk

    @property
    def bulk_first(self) -> bool:
        """Whether bulk work is preferred now."""
        return self._owed <= 0

    def given(self, part: int, items: int) -> None:
        """So many items of the part were handed out."""
        if lane_of(part) == "live":
            self._live = part
            self._owed -= items
        else:
            self._bulk = part
            # Not added up: what bulk work got while nothing live waited is nobody's debt.
            self._owed = items * (self.bulk_every - 1)


def _behind(last: int, first: int, end: int) -> list[int]:
    return [*range(last + 1, end), *range(first, last + 1)]


class Bursts:
    """Tells a source's burst from its usual traffic; one object per intake, for one thread.

    A source may have `burst` events at once and `rate` a second on end in the live lane; what exceeds it is
    bulk work, which is done as soon as nothing live waits and in fair turns otherwise. Nothing is refused.
    """

    def __init__(
        self,
        burst: int = 200,
        rate: float = 50.0,
        clock: Callable[[], float] = monotonic,
        sources: int = 10_000,
    ) -> None:
        self.burst = burst
        self.rate = rate
        self.clock = clock
        self._tokens: LRUCache[SourceId, tuple[float, float]] = LRUCache(sources)

    def lane(self, source_id: SourceId) -> Lane:
        """The lane of one more event of the source."""
        now = self.clock()
        tokens, before = self._tokens.get(source_id, (float(self.burst), now))
        tokens = min(float(self.burst), tokens + max(0.0, now - before) * self.rate)
        within = tokens >= 1.0
        self._tokens[source_id] = (tokens - 1.0 if within else tokens, now)
        return "live" if within else "bulk"
