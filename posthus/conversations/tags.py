"""Tags: the workspace's own words for conversations."""

from psycopg import Connection

from posthus.conversations.bulk import ByFilter, change_matching
from posthus.conversations.changing import Change
from posthus.conversations.doer import Doer
from posthus.conversations.filters import Viewer
from posthus.conversations.offers import UndoOffer, offer
from posthus.conversations.shown import Tag
from posthus.database.pool import number, row, rows
from posthus.database.queries import load
from posthus.jobs import WorkspaceId

SQL = load(__file__, "tags.sql")


class NameTakenError(ValueError):
    """Another one has this name already."""


def list_tags(connection: Connection, workspace_id: WorkspaceId) -> list[Tag]:
    """Every tag by name."""
    return rows(connection, SQL["list_tags"], {"workspace_id": workspace_id}, Tag)


def add_tag(connection: Connection, workspace_id: WorkspaceId, name: str, color: str) -> Tag:
    """A new tag; raises NameTakenError, where upper and lower case are the same."""
    new = {"workspace_id": workspace_id, "name": name, "color": color}
    made = row(connection, SQL["add_tag"], new, Tag)
    if made is None:
        raise NameTakenError(name)
    return made


def change_tag(
    connection: Connection, workspace_id: WorkspaceId, tag_id: int, name: str | None, color: str | None
) -> Tag | None:
    """Another name or colour; None if there is no such tag, NameTakenError where the name is another one's."""
    which: dict[str, object] = {"workspace_id": workspace_id, "id": tag_id, "name": name, "color": color}
    changed = row(connection, SQL["change_tag"], which, Tag)
    if changed is None and number(connection, SQL["has_tag"], which):
        raise NameTakenError(name)
    return changed


def delete_tag(connection: Connection, doer: Doer, tag_id: int) -> UndoOffer | None:
    """Delete a tag and take it off every conversation; None if there is no such tag."""
    which = {"workspace_id": doer.workspace_id, "id": tag_id}
    if not connection.execute(SQL["delete_tag"], which).rowcount:
        return None
    undo = offer(connection, doer.workspace_id, doer.actor, "tag", {"id": tag_id})
    tagged = ByFilter({"field": "tag", "is": tag_id}, Viewer(doer.member_id, "UTC"))
    change_matching(connection, doer, tagged, Change(remove_tags=(tag_id,)), undo.id)
    return undo
