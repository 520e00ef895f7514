"""Running history through the current code again, a few hundred jobs at a time."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from psycopg import Connection

from posthus.database.pool import Database
from posthus.database.queries import load
from posthus.intake.originals import file_jobs
from posthus.jobs import EmbedMessage, FileEvent, MessageId, SourceId, WorkspaceId
from posthus.queue.log import put_again

SQL = load(__file__, "history.sql")
AT_ONCE = 500
Scope = tuple[WorkspaceId, SourceId | None]


def replay_history(database: Database, scope: Scope, stage: str, since: datetime | None) -> int:
    """Put every event (stage `file`) or message (`embed`) received since then to the stage again; how many."""
    after, count = _first_id(since), 0
    while True:
        with database.transaction() as connection:
            jobs: Sequence[FileEvent] | Sequence[EmbedMessage]
            if stage == "file":
                jobs = file_jobs(connection, *scope, after, AT_ONCE)
            else:
                jobs = _embed_jobs(connection, scope, after)
            put_again(connection, stage, jobs)
        if not jobs:
            return count
        count += len(jobs)
        last = jobs[-1]
        after = last.event_id if isinstance(last, FileEvent) else last.message_id


def _embed_jobs(connection: Connection, scope: Scope, after: UUID) -> list[EmbedMessage]:
    workspace_id, source_id = scope
    keys = {"workspace_id": workspace_id, "source_id": source_id, "after": after, "limit": AT_ONCE}
    found = connection.execute(SQL["messages_since"], keys)
    return [
        EmbedMessage(workspace_id, SourceId(source), MessageId(message_id)) for message_id, source in found
    ]


def _first_id(since: datetime | None) -> UUID:
    if since is None:
        return UUID(int=0)
    moment = since if since.tzinfo else since.replace(tzinfo=UTC)
    return UUID(int=int(moment.timestamp() * 1000) << 80)
