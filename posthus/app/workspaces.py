"""Which workspace, source, company or contact a command means."""

import click
from psycopg import Connection

from posthus.database.queries import load
from posthus.jobs import SourceId, WorkspaceId

SQL = load(__file__, "workspaces.sql")


def first_workspace(connection: Connection) -> WorkspaceId | None:
    """The workspace that was made first, if there is one."""
    found = connection.execute(SQL["first_workspace"]).fetchone()
    return None if found is None else WorkspaceId(found[0])


def the_workspace(connection: Connection) -> WorkspaceId:
    """The workspace commands are about: the first one; fails with advice where there is none."""
    found = first_workspace(connection)
    if found is None:
        raise click.ClickException("there is no workspace yet: start posthus up once")
    return found


def the_source(connection: Connection, workspace_id: WorkspaceId, wanted: str) -> SourceId:
    """A source by its number or its name."""
    return SourceId(_the(connection, "find_source", "source", (workspace_id, wanted)))


def the_company(connection: Connection, workspace_id: WorkspaceId, wanted: str) -> int:
    """A company by its number or its name."""
    return _the(connection, "find_company", "company", (workspace_id, wanted))


def the_contact(connection: Connection, workspace_id: WorkspaceId, wanted: str) -> int:
    """A contact by its number, name or address."""
    return _the(connection, "find_contact", "contact", (workspace_id, wanted))


def _the(connection: Connection, query: str, kind: str, which: tuple[WorkspaceId, str]) -> int:
    workspace_id, wanted = which
    parameters = {
        "workspace_id": workspace_id,
        "wanted": wanted,
        "number": int(wanted) if wanted.isdigit() else None,
    }
    found = connection.execute(SQL[query], parameters).fetchall()
    if len(found) != 1:
        trouble = "no" if not found else "more than one"
        raise click.ClickException(f"{trouble} {kind} is called {wanted!r}")
    return int(found[0][0])
