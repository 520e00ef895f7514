"""What the command line does with workspaces, people and keys; every change is in the audit log."""

from collections.abc import Sequence

from psycopg import Connection
from psycopg.types.json import Jsonb

from posthus.api.access import SQL
from posthus.api.passwords import KEY_PREFIX, Passwords, new_token, token_hash
from posthus.api.rights import Scope
from posthus.api.shapes.shape import Language, Role
from posthus.database.pool import number
from posthus.jobs import WorkspaceId

SHORTEST_PASSWORD = 8
_ACTOR = "command line"


def ensure_workspace(
    connection: Connection, name: str, domains: Sequence[str] = (), language: Language = "da"
) -> tuple[WorkspaceId, bool]:
    """The workspace of this name and whether it was made now; `domains` are the company's own."""
    found = connection.execute(SQL["ensure_workspace"], {"name": name}).fetchone()
    if found is not None:
        return WorkspaceId(found[0]), False
    new = {"name": name, "domains": [domain.lower() for domain in domains], "language": language}
    workspace_id = WorkspaceId(number(connection, SQL["add_workspace"], new))
    _note(connection, workspace_id, "workspace_added", str(workspace_id), {})
    return workspace_id, True


def add_member(
    connection: Connection, workspace_id: WorkspaceId, person: tuple[str, str], role: Role, password: str
) -> int:
    """Add a person (e-mail address, name), or change the one with this address; ends their sessions.

    Answers the member's number; raises ValueError for an address without @ or a short password.
    """
    email = person[0].strip().lower()
    if "@" not in email:
        raise ValueError("an e-mail address has an @")
    if len(password) < SHORTEST_PASSWORD:
        raise ValueError(f"a password has at least {SHORTEST_PASSWORD} characters")
    stored = {
        "workspace_id": workspace_id,
        "email": email,
        "name": person[1],
        "role": role,
        "password_hash": Passwords().hash(password),
    }
    member_id = number(connection, SQL["add_member"], stored)
    connection.execute(SQL["end_sessions"], {"member_id": member_id})
    _note(connection, workspace_id, "member_added", f"member:{member_id}", {"role": role})
    return member_id


def create_key(
    connection: Connection, workspace_id: WorkspaceId, name: str, scopes: Sequence[Scope]
) -> tuple[int, str]:
    """A new API key: its number, and the key itself, which is shown this once and stored as a hash."""
    if not scopes:
        raise ValueError("a key needs at least one scope")
    key = new_token(KEY_PREFIX)
    new = {
        "workspace_id": workspace_id,
        "name": name,
        "key_hash": token_hash(key),
        "scopes": sorted(set(scopes)),
        "created_by": None,
    }
    key_id = number(connection, SQL["add_key"], new)
    _note(connection, workspace_id, "key_created", f"key:{key_id}", {"scopes": sorted(set(scopes))})
    return key_id, key


def forget_old(connection: Connection) -> None:
    """Drop ended sessions, old failed sign-ins and idempotent answers; call it every hour or so."""
    for query in ("forget_old_sessions", "forget_old_failures", "forget_old_answers"):
        connection.execute(SQL[query])


def _note(
    connection: Connection, workspace_id: WorkspaceId, action: str, subject: str, detail: dict[str, object]
) -> None:
    noted = {
        "workspace_id": workspace_id,
        "actor": _ACTOR,
        "action": action,
        "subject": subject,
        "detail": Jsonb(detail),
    }
    connection.execute(SQL["note_audit"], noted)
