"""The audit log, as far as the terminal writes it."""

from collections.abc import Mapping

from psycopg import Connection
from psycopg.types.json import Jsonb

from posthus.api.members import SQL
from posthus.jobs import WorkspaceId

TERMINAL = "terminal"  # whoever may run commands on this machine


def note(
    connection: Connection, workspace_id: WorkspaceId, action: str, subject: str, detail: Mapping[str, object]
) -> None:
    """Write that something was changed from the terminal."""
    noted = {"workspace_id": workspace_id, "actor": TERMINAL, "action": action, "subject": subject}
    connection.execute(SQL["note_audit"], {**noted, "detail": Jsonb(dict(detail))})
