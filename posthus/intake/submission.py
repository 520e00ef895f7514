"""Passwords with which own systems hand mail in: a source's address and a password, known here by its hash."""

import secrets
from hashlib import sha256
from hmac import compare_digest

from psycopg import Connection

from posthus.database.queries import load
from posthus.intake.sources import Source, SourceError, source_by_id
from posthus.jobs import SourceId, WorkspaceId

SQL = load(__file__, "submission.sql")


def new_password(connection: Connection, workspace_id: WorkspaceId, source_id: SourceId) -> tuple[str, str]:
    """The address to sign in with and a new password, told this once; an earlier one stops working."""
    source = source_by_id(connection, workspace_id, source_id)
    if source is None or source.kind != "smtp" or source.address is None:
        raise SourceError("only mail addresses take passwords: posthus source add smtp")
    password = secrets.token_urlsafe(24)
    connection.execute(
        SQL["keep_password"],
        {"workspace_id": workspace_id, "source_id": source_id, "hash": _hashed(password)},
    )
    return source.address, password


def signed_in(connection: Connection, source: Source, password: str) -> bool:
    """Whether this is the source's password; takes as long for a wrong one."""
    found = connection.execute(SQL["password_of"], {"source_id": source.id}).fetchone()
    return compare_digest(bytes(found[0]) if found else bytes(32), _hashed(password)) and found is not None


def _hashed(password: str) -> bytes:
    # 192 random bits need no slow hash: nobody can try them all.
    return sha256(password.encode("utf-8", "replace")).digest()
