"""The operations page."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from posthus.api.shapes.shape import Named, Shape


class Stage(Shape):
    """A kind of work, now: rates per second over the last minute."""

    stage: str
    in_rate: float
    out_rate: float
    backlog: int
    oldest_seconds: float
    seconds_to_drain: float | None
    workers: int
    retrying: int
    buried: int


class StageSample(Shape):
    """One point of the operations plot, of one stage."""

    at: datetime
    stage: str
    in_rate: float
    out_rate: float
    backlog: int


class ProcessUse(Shape):
    """One running process: its role, how much processor (0-1 per core) and memory it uses."""

    role: str
    host: str
    pid: int
    processor: float
    memory_bytes: int
    seen_at: datetime


class Invariant(Shape):
    """A promise that is checked while Posthus runs."""

    name: str
    holds: bool
    detail: str


class Latency(Shape):
    """Seconds from received to a step, of the last hour's messages: the median and the slow ones."""

    step: str
    messages: int
    p50: float
    p95: float
    p99: float


class Searches(Shape):
    """Searches since the servers began: answered anew, as remembered, and remembered but brought up to date."""

    new: int
    kept: int
    updated: int
    seconds_saved: float


class Load(Shape):
    """`busy` is each stage's share of its workers' time, `processor` that of the busiest machine (0-1), where known."""

    busy: dict[str, float]
    processor: float | None
    cache_hit_ratio: float | None
    spool_events: int
    spool_bytes: int
    spool_seconds: float
    searches: Searches


class Operations(Shape):
    """What the operations page shows."""

    complete: bool
    bottleneck: str
    load: Load
    latencies: list[Latency]
    stages: list[Stage]
    samples: list[StageSample]
    processes: list[ProcessUse]
    invariants: list[Invariant]
    database_bytes: int
    version: str


class Buried(Shape):
    """A job that kept failing, with why."""

    id: int
    stage: str
    source: Named | None
    error: str
    attempts: int
    buried_at: datetime
    event_id: UUID | None


class BuriedAttempt(Shape):
    """One attempt that failed; `attempt` begins again from 1 after a replay."""

    at: datetime
    attempt: int
    error: str


class BuriedDetail(Buried):
    """A buried job with the payload it carries; `payload` is text, cut at 64 KiB."""

    history: list[BuriedAttempt]
    headers: dict[str, str]
    payload: str
    payload_cut: bool


class BuriedEdit(Shape):
    """A corrected payload for an event that could not be filed; it is replayed at once."""

    payload: str = Field(max_length=1_000_000)


class BuriedChoice(Shape):
    """Which buried jobs are meant, what is left out does not filter; `dry_run` only counts."""

    stage: str | None = Field(default=None, max_length=50)
    source_id: int | None = Field(default=None, ge=1, le=2**62)
    error: str | None = Field(default=None, max_length=500)
    since: datetime | None = None
    dry_run: bool = False


class BuriedCount(Shape):
    """How many jobs were meant."""

    count: int


class NewReplay(Shape):
    """History to do again: events for `file`, messages for `embed`."""

    stage: Literal["file", "embed"]
    source_id: int | None = Field(default=None, ge=1, le=2**62)
    since: datetime | None = None


class Replay(Shape):
    """A replay and how far it is; `total` grows until `listed`."""

    id: int
    stage: str
    source_name: str | None
    since: datetime | None
    requested_by: str
    requested_at: datetime
    total: int
    done: int
    listed: bool
    finished: bool


class VectorModel(Shape):
    """A model in use; `vectors` of the workspace are counted to 50,000, from where on they get an index. `elsewhere` behind an address."""

    model: str
    dimensions: int
    state: Literal["serving", "next"]
    elsewhere: bool
    vectors: int


class VectorIndex(Shape):
    """An approximate index; `present` vectors now, `vectors` when it was built, `done` (0-1) while it is.

    `grown` is what a vector takes as a multiple of what it took then; `changed_at` when its state changed.
    """

    model: str
    state: Literal["building", "ready", "rebuilding", "failed"]
    vectors: int
    present: int
    bytes: int
    grown: float | None
    changed_at: datetime
    seconds: float | None
    done: float
    error: str | None


class ModelChange(Shape):
    """The next model, made ready beside the one that serves; `seconds` since it began."""

    model: str
    serving: str
    seconds: float
    messages: int
    renewed: int


class ModelUse(Shape):
    """What a model behind an address was asked for in the last thirty days, by all workspaces."""

    model: str
    requests: int
    texts: int
    tokens: int
    refused: int


class Vectors(Shape):
    """How search by meaning stands: models, indexes, a change of model, and what models cost."""

    models: list[VectorModel]
    indexes: list[VectorIndex]
    change: ModelChange | None
    use: list[ModelUse]
