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


class Operations(Shape):
    """What the operations page shows."""

    complete: bool
    bottleneck: str
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
