"""What the command line does with workspaces, people and keys; every change is in the audit log."""

from collections.abc import Mapping, Sequence

from psycopg import Connection
from psycopg.types.json import Jsonb

from posthus.api.passwords import KEY_PREFIX, Passwords, new_token, token_hash
from posthus.api.rights import Scope
from posthus.api.shapes.shape import Language, Role
from posthus.conversations.doer import Doer
from posthus.database.pool import number
from posthus.database.queries import load
from posthus.jobs import WorkspaceId

SQL = load(__file__)
SHORTEST_PASSWORD = 8
COMMAND_LINE = "command line"  # who did it, in the audit log


def ensure_workspace(
    connection: Connection, name: str, domains: Sequence[str] = (), language: Language = "da"
) -> tuple[WorkspaceId, bool]:
    """The workspace of this name and whether it was made now; `domains` are the company's own."""
    found = connection.execute(SQL["ensure_workspace"], {"name": name}).fetchone()
    if found is not None:
        return WorkspaceId(found[0]), False
    new = {"name": name, "domains": [domain.lower() for domain in domains], "language": language}
    workspace_id = WorkspaceId(number(connection, SQL["add_workspace"], new))
    note_audit(connection, Doer(workspace_id, COMMAND_LINE), "workspace_added", str(workspace_id), {})
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
    note_audit(
        connection, Doer(workspace_id, COMMAND_LINE), "member_added", f"member:{member_id}", {"role": role}
    )
    return member_id


def create_key(
    connection: Connection,
    workspace_id: WorkspaceId,
    name: str,
    scopes: Sequence[Scope],
    doer: Doer | None = None,
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
        "created_by": doer.member_id if doer else None,
    }
    key_id = number(connection, SQL["add_key"], new)
    noted: dict[str, object] = {"scopes": sorted(set(scopes))}
    note_audit(connection, doer or Doer(workspace_id, COMMAND_LINE), "key_created", f"key:{key_id}", noted)
    return key_id, key


def forget_old(connection: Connection) -> None:
    """Drop ended sessions, old failed sign-ins and idempotent answers; call it every hour or so."""
    for query in ("forget_old_sessions", "forget_old_failures", "forget_old_answers"):
        connection.execute(SQL[query])


def note_audit(
    connection: Connection, doer: Doer, action: str, subject: str, detail: Mapping[str, object]
) -> None:
    """Write the audit log: an administrative change."""
    noted = {
        "workspace_id": doer.workspace_id,
        "actor": doer.actor,
        "action": action,
        "subject": subject,
        "detail": Jsonb(dict(detail)),
    }
    connection.execute(SQL["note_audit"], noted)
