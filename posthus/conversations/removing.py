"""Messages removed for good, with everything that was made of them; only hashes stay, so that they stay away."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from psycopg import Connection

from posthus.conversations.grouping import Changed, Groups, lock_workspace, settle
from posthus.database.pool import row
from posthus.database.queries import load
from posthus.jobs import WorkspaceId
from posthus.originals.contents import drop_contents, forget_originals

SQL = load(__file__, "removing.sql")
READING = load(__file__, "reading.sql")


@dataclass(frozen=True, slots=True)
class Removed:
    """How much was removed."""

    messages: int = 0
    originals: int = 0
    files: int = 0
    chunks: int = 0
    conversations: int = 0
    notes: int = 0

    def plus(self, other: "Removed") -> "Removed":
        """Both together."""
        names = Removed.__dataclass_fields__
        return Removed(**{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclass(frozen=True, slots=True)
class _Touched:
    events: list[UUID]
    conversations: list[int]
    words: list[str]


@dataclass(frozen=True, slots=True)
class _Messages:
    messages: int
    originals: int
    files: int
    chunks: int


@dataclass(frozen=True, slots=True)
class _Emptied:
    conversations: int
    notes: int


def remove_messages(
    connection: Connection, workspace_id: WorkspaceId, message_ids: Sequence[UUID]
) -> Removed:
    """Remove messages: originals, files, text, vectors, search words; conversations that are left are corrected."""
    if not message_ids:
        return Removed()
    lock_workspace(connection, workspace_id)
    which: dict[str, object] = {"workspace_id": workspace_id, "messages": list(message_ids)}
    touched = row(connection, SQL["settle_events"], which, _Touched)
    assert touched is not None
    contents = [found for (found,) in connection.execute(READING["contents_of"], which)]
    gone = row(connection, SQL["remove_messages"], {**which, "events": touched.events}, _Messages)
    assert gone is not None
    contents += forget_originals(connection, workspace_id, touched.events)
    drop_contents(connection, workspace_id, contents)
    connection.execute(SQL["drop_words"], {**which, "words": touched.words})
    emptied = row(connection, SQL["drop_empty"], {**which, "conversations": touched.conversations}, _Emptied)
    assert emptied is not None
    settle(connection, workspace_id, Groups({}), Changed(touched.conversations))
    return Removed(
        gone.messages, gone.originals, gone.files, gone.chunks, emptied.conversations, emptied.notes
    )
