"""What a replay runs through again: events for `file`, messages for `embed`; and the service that lists it."""

import threading
from collections.abc import Sequence

from psycopg import Connection

from posthus.database.pool import Database
from posthus.database.queries import load
from posthus.intake.originals import file_jobs
from posthus.jobs import EmbedMessage, Job, MessageId, SourceId
from posthus.operations.sampling import Pace, keep_running
from posthus.queue.replays import Unlisted, list_some

SQL = load(__file__, "history.sql")
STAGES = ("file", "embed")
AT_ONCE = 1000


def history(connection: Connection, replay: Unlisted) -> Sequence[Job]:
    """The next events or messages of a replay, in the order they were received."""
    if replay.stage == "file":
        return file_jobs(connection, replay.workspace_id, replay.source_id, replay.after_id, AT_ONCE)
    keys = {
        "workspace_id": replay.workspace_id,
        "source_id": replay.source_id,
        "after": replay.after_id,
        "limit": AT_ONCE,
    }
    found = connection.execute(SQL["messages_since"], keys)
    return [
        EmbedMessage(replay.workspace_id, SourceId(source), MessageId(message_id))
        for message_id, source in found
    ]


class ReplayLister:
    """Lists what was asked for on screen; the command line does not wait for it."""

    def __init__(self, database: Database, pace: Pace | None = None) -> None:
        self.database = database
        self.pace = pace or Pace(1.0)

    def run(self, stop: threading.Event) -> None:
        """List until asked to stop."""
        keep_running("replay_lister", lambda: self.run_once(stop), self.pace, stop)

    def run_once(self, stop: threading.Event) -> None:
        """Everything that is not listed yet, a piece at a time."""
        while not stop.is_set() and list_some(self.database, history):
            pass
