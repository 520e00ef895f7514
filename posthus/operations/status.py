"""Where everything stands: per source the proof of completeness, per stage what comes in and goes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from psycopg import Connection

from posthus.database.identifiers import received_at
from posthus.database.pool import number, rows
from posthus.database.queries import load
from posthus.jobs import SourceId, WorkspaceId
from posthus.queue.reading import StageNumbers, stage_numbers

SQL = load(__file__)
RATE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class SourceCounts:
    """One source and how far its events have come."""

    id: SourceId
    workspace_id: WorkspaceId
    name: str
    kind: Literal["webhook", "smtp", "imap", "import"]
    provider: str
    token: str | None
    address: str | None
    enabled: bool
    has_secret: bool
    stored: int
    last_event_id: UUID | None
    filed: int
    messages: int
    indexed: int
    buried: int
    buried_events: int

    @property
    def complete(self) -> bool:
        """Every stored event is filed or buried, and every message is indexed or buried."""
        later_buried = self.buried - self.buried_events
        return self.filed + self.buried_events >= self.stored and self.indexed + later_buried >= self.messages

    @property
    def last_event_at(self) -> datetime | None:
        """When the newest event was received."""
        return received_at(self.last_event_id) if self.last_event_id else None


@dataclass(frozen=True, slots=True)
class Sample:
    """The queue's numbers of one stage at one moment."""

    stage: str
    at: datetime
    appended: int
    done: int
    backlog: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True)
class Rates:
    """One stage between two samples: items a second in and out."""

    stage: str
    at: datetime
    in_rate: float
    out_rate: float
    backlog: int


@dataclass(frozen=True, slots=True)
class RunningProcess:
    """A process that reported lately; `meters` is JSON of what it counted."""

    host: str
    pid: int
    role: str
    seen_at: datetime
    processor: float
    memory_bytes: int
    stages: Sequence[str]
    meters: str


@dataclass(frozen=True, slots=True)
class StageStatus:
    """One stage now; `seconds_to_drain` is None while nothing is done and something waits."""

    stage: str
    in_rate: float
    out_rate: float
    backlog: int
    oldest_seconds: float
    seconds_to_drain: float | None
    workers: int
    retrying: int
    buried: int


@dataclass(frozen=True, slots=True)
class Latency:
    """How many seconds it takes from receiving to a step: median and the slow ones."""

    step: str
    messages: int
    p50: float
    p95: float
    p99: float


def source_counts(connection: Connection, workspace_id: WorkspaceId | None = None) -> list[SourceCounts]:
    """Every source of the workspace, or of all, with its counts."""
    return rows(connection, SQL["source_counts"], {"workspace_id": workspace_id}, SourceCounts)


def running_processes(connection: Connection) -> list[RunningProcess]:
    """Who works now."""
    return rows(connection, SQL["running_processes"], {}, RunningProcess)


def recent_rates(connection: Connection, seconds: int = 900) -> list[Rates]:
    """Rates between neighbouring samples of each stage, oldest first."""
    return rates(rows(connection, SQL["recent_samples"], {"seconds": seconds}, Sample))


def rates(samples: Sequence[Sample]) -> list[Rates]:
    """Differences between neighbouring samples of the same stage; a restarted count gives no negative rate."""
    before: dict[str, Sample] = {}
    found = []
    for sample in samples:
        earlier = before.get(sample.stage)
        before[sample.stage] = sample
        if earlier is None or sample.at <= earlier.at:
            continue
        seconds = (sample.at - earlier.at).total_seconds()
        came = max(0, sample.appended - earlier.appended) / seconds
        went = max(0, sample.done - earlier.done) / seconds
        found.append(Rates(sample.stage, sample.at, came, went, sample.backlog))
    return found


def stage_status(
    connection: Connection, processes: Sequence[RunningProcess] | None = None
) -> list[StageStatus]:
    """Every stage now, its rates over the last minute; `processes` where they have been read already."""
    lately = recent_rates(connection, RATE_SECONDS)
    if processes is None:
        processes = running_processes(connection)
    return [
        _status(numbers, [one for one in lately if one.stage == numbers.stage], processes)
        for numbers in stage_numbers(connection)
    ]


def _status(
    numbers: StageNumbers, lately: Sequence[Rates], processes: Sequence[RunningProcess]
) -> StageStatus:
    count = max(1, len(lately))
    out_rate = sum(one.out_rate for one in lately) / count
    waiting = numbers.backlog + numbers.retrying
    drain = 0.0 if waiting == 0 else waiting / out_rate if out_rate > 0 else None
    return StageStatus(
        stage=numbers.stage,
        in_rate=sum(one.in_rate for one in lately) / count,
        out_rate=out_rate,
        backlog=numbers.backlog,
        oldest_seconds=numbers.oldest_seconds,
        seconds_to_drain=drain,
        workers=sum(numbers.stage in process.stages for process in processes),
        retrying=numbers.retrying,
        buried=numbers.buried,
    )


def complete(sources: Sequence[SourceCounts], stages: Sequence[StageStatus]) -> bool:
    """True when nothing waits anywhere and every source adds up."""
    waiting = sum(stage.backlog + stage.retrying for stage in stages)
    return waiting == 0 and all(source.complete for source in sources)


def latencies(connection: Connection, workspace_id: WorkspaceId, since: datetime) -> list[Latency]:
    """From received to filed, linked and indexed, of the workspace's newest messages since then, at most 2,000."""
    first_id = UUID(int=int(since.timestamp() * 1000) << 80)
    return rows(connection, SQL["latencies"], {"workspace_id": workspace_id, "first_id": first_id}, Latency)


def database_bytes(connection: Connection) -> int:
    """How much the database takes on disk."""
    return number(connection, SQL["database_bytes"], {})
