"""What a stage is: which jobs it follows, how many at a time, and how patient it is when they fail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, NamedTuple, TypeVar, assert_never, cast
from uuid import UUID

from psycopg import Connection

from posthus.jobs import EmbedMessage, EventId, FileEvent, Job, LinkMessage, MessageId, SourceId, WorkspaceId
from posthus.queue.lanes import lane_of

Topic = Literal["received", "filed", "linked"]
Apply = Callable[[Connection], None]
Compute = Callable[[], Apply]
J = TypeVar("J", FileEvent, LinkMessage, EmbedMessage)
P = TypeVar("P")
R = TypeVar("R")


class QueueError(Exception):
    """Something in the queue is not as it must be; the message says what."""


class Permanent(QueueError):  # noqa: N818 - an instruction more than an error
    """Raised by a handler for an item that no retry can help: it is buried at once."""


class Away(Exception):  # noqa: N818 - an instruction more than an error
    """Raised where what every item needs cannot be reached: no attempt is counted, the batch is taken again."""


class Item(NamedTuple):
    """One row of the log or of the retries: where it stands, and the job it carries."""

    id: int
    part: int
    workspace_id: WorkspaceId
    source_id: SourceId
    subject: UUID
    attempts: int


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a failing job is tried, and how many seconds apart.

    The first pause is `pause`, each further one `growth` times longer, none longer than `longest`; each is
    jittered by a quarter either way, so that what failed together does not come back together.
    """

    attempts: int = 8
    pause: float = 2.0
    growth: float = 3.0
    longest: float = 3600.0

    def seconds(self, attempts: int) -> float:
        """The pause after so many attempts, before it is jittered."""
        return min(self.pause * self.growth ** (attempts - 1), self.longest)


@dataclass(frozen=True, slots=True)
class Stage(Generic[J]):
    """A short stage: `handler(connection, jobs)` and the cursor's move are one transaction.

    The handler never commits and may be called again with the same jobs. Jobs of one part (see `part_of`) come
    in the order they were put, never two batches at once, but for those that failed and are tried again. While
    both wait, one job in `bulk_every` is bulk work.
    """

    name: str
    job: type[J]
    handler: Callable[[Connection, Sequence[J]], None]
    batch: int = 500
    bulk_batch: int | None = None
    bulk_every: int = 4
    patience: Patience = Patience()
    starts: Literal["first", "next"] = "first"

    def work(self, connection: Connection, items: Sequence[Item]) -> None:
        """Hand the items to the handler as jobs."""
        self.handler(connection, jobs_of(self.job, items))


@dataclass(frozen=True, slots=True)
class LongStage(Generic[J]):
    """A stage that computes for long without holding a connection, under a lease of `lease` seconds.

    `begin(connection, jobs)` reads what is needed and returns a function that computes; that one returns a
    function that writes the effects, which runs in one transaction with the cursor's move, and only if no
    other worker has taken the lease over. See `three_steps`. `interrupt` makes a computation under way give
    up soon, because the worker is to stop; nothing of it counts.
    """

    name: str
    job: type[J]
    begin: Callable[[Connection, Sequence[J]], Compute]
    batch: int = 32
    bulk_batch: int | None = None
    bulk_every: int = 4
    lease: float = 60.0
    interrupt: Callable[[], object] = lambda: None
    patience: Patience = Patience()
    starts: Literal["first", "next"] = "first"

    def prepare(self, connection: Connection, items: Sequence[Item]) -> Compute:
        """Hand the items to `begin` as jobs."""
        return self.begin(connection, jobs_of(self.job, items))


AnyStage = (
    Stage[FileEvent]
    | Stage[LinkMessage]
    | Stage[EmbedMessage]
    | LongStage[FileEvent]
    | LongStage[LinkMessage]
    | LongStage[EmbedMessage]
)


def three_steps(
    prepare: Callable[[Connection, Sequence[J]], P],
    compute: Callable[[P], R],
    apply: Callable[[Connection, Sequence[J], R], None],
) -> Callable[[Connection, Sequence[J]], Compute]:
    """Make the `begin` of a long stage: read with a connection, compute without, write with one."""

    def begin(connection: Connection, jobs: Sequence[J]) -> Compute:
        prepared = prepare(connection, jobs)

        def run() -> Apply:
            result = compute(prepared)
            return lambda writing: apply(writing, jobs, result)

        return run

    return begin


def topic_of(job: type[FileEvent] | type[LinkMessage] | type[EmbedMessage]) -> Topic:
    """The topic a kind of job is put under."""
    if job is FileEvent:
        return "received"
    if job is LinkMessage:
        return "filed"
    if job is EmbedMessage:
        return "linked"
    raise QueueError(f"{job.__name__} has no topic")


def job_of(topic: Topic, item: Item) -> Job:
    """The job that a row carries."""
    lane = lane_of(item.part)
    match topic:
        case "received":
            return FileEvent(item.workspace_id, item.source_id, EventId(item.subject), lane)
        case "filed":
            return LinkMessage(item.workspace_id, item.source_id, MessageId(item.subject), lane)
        case "linked":
            return EmbedMessage(item.workspace_id, item.source_id, MessageId(item.subject), lane)
        case _:
            assert_never(topic)


def jobs_of(kind: type[J], items: Sequence[Item]) -> list[J]:
    """The jobs of a stage's items, in their order."""
    topic = topic_of(kind)
    return [cast("J", job_of(topic, item)) for item in items]


def subject_of(job: Job) -> UUID:
    """The event or message that a job is about."""
    match job:
        case FileEvent():
            return job.event_id
        case LinkMessage() | EmbedMessage():
            return job.message_id
        case _:
            assert_never(job)
