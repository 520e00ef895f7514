"""Putting jobs: at the end of their topic's log, in commit order."""

import json
from collections.abc import Mapping, Sequence

from psycopg import Connection

from posthus.database.queries import load
from posthus.jobs import Job
from posthus.queue.buried import lift
from posthus.queue.lanes import again_part_of, part_of
from posthus.queue.stages import Topic, subject_of, topic_of

SQL = load(__file__)
# Any number that nothing else in the database uses as the class of a two-key advisory lock.
LOCK_CLASS = 20_261
LOCKS: Mapping[Topic, int] = {"received": 1, "filed": 2, "linked": 3}
LOCK_AGAIN = 4


def put(connection: Connection, jobs: Sequence[Job]) -> None:
    """Append jobs to their topics; call it last in the transaction, because it holds up other writers.

    A topic's writers take turns from here to their commit. Ids are drawn under that lock, hence in the order
    of commits, and a cursor that has passed an id can never have missed a smaller one that commits later.
    Several topics are locked in one fixed order.
    """
    topics: dict[Topic, list[dict[str, object]]] = {}
    for job in jobs:
        topics.setdefault(topic_of(type(job)), []).append(_row(job, part_of(job)))
    for topic in sorted(topics, key=LOCKS.__getitem__):
        lock_topic(connection, topic)
        connection.execute(SQL["append"], {"topic": topic, "jobs": json.dumps(topics[topic])})


def put_again(connection: Connection, stage: str, jobs: Sequence[Job]) -> None:
    """Have one stage do these jobs again as bulk work, whatever it did before; other stages do not see it.

    What is buried or waits for its next try is tried at once instead, so that no burial outlives its cause.
    """
    if not jobs:
        return
    lifted = lift(connection, stage, [subject_of(job) for job in jobs])
    rows = [_row(job, again_part_of(job)) for job in jobs if subject_of(job) not in lifted]
    topic = f"again {stage}"
    connection.execute(SQL["lock_topic"], {"lock_class": LOCK_CLASS, "lock": LOCK_AGAIN})
    connection.execute(SQL["add_topic"], {"topic": topic, "says": f"what {stage} is to do again"})
    connection.execute(SQL["append"], {"topic": topic, "jobs": json.dumps(rows)})


def lock_topic(connection: Connection, topic: Topic) -> None:
    """Wait until no other transaction writes to the topic, and keep it so until this one ends.

    A statement of its own: whatever follows it has a snapshot that sees all that was committed before.
    """
    connection.execute(SQL["lock_topic"], {"lock_class": LOCK_CLASS, "lock": LOCKS[topic]})


def _row(job: Job, part: int) -> dict[str, object]:
    return {
        "part": part,
        "workspace_id": job.workspace_id,
        "source_id": job.source_id,
        "subject": str(subject_of(job)),
    }
