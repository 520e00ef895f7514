"""The audit log, as far as the terminal writes it."""

from collections.abc import Mapping

from psycopg import Connection

from posthus.api.members import COMMAND_LINE, note_audit
from posthus.conversations.doer import Doer
from posthus.jobs import WorkspaceId


def note(
    connection: Connection, workspace_id: WorkspaceId, action: str, subject: str, detail: Mapping[str, object]
) -> None:
    """Write that something was changed from the terminal."""
    note_audit(connection, Doer(workspace_id, COMMAND_LINE), action, subject, detail)
