"""A workspace of a million conversations, made through SQL: what the benchmarks of the API and of the client stand on."""

from dataclasses import dataclass

from posthus.api.members import add_member, create_key, ensure_workspace
from posthus.database.pool import Database
from posthus.database.queries import load
from posthus.intake.sources import NewSource, add_source
from posthus.jobs import WorkspaceId

SQL = load(__file__, "large_workspace.sql")
PASSWORD = "a long benchmark password"
EMAIL = "agent@example.dk"
_STEP = 20_000


@dataclass(frozen=True, slots=True)
class LargeWorkspace:
    """What was made: whom to sign in as (EMAIL, PASSWORD), a key that may do everything, the first of four tags."""

    workspace_id: WorkspaceId
    member_id: int
    key: str
    tag: int


def make_large_workspace(database: Database, conversations: int = 1_000_000) -> LargeWorkspace:
    """Fill a workspace: a contact for every twenty conversations, a company for every hundred, some with very many.

    A twelfth are chats, two fifths are open, a fourteenth is unread, a seventh is tagged (the fourth tag is on every
    50,000th), a fifth of them is the member's. Takes a few minutes for a million.
    """
    contacts, companies = max(20, conversations // 20), max(5, conversations // 100)
    with database.transaction() as connection:
        workspace_id, _ = ensure_workspace(connection, "Stor", ["example.dk"])
        member_id = add_member(connection, workspace_id, (EMAIL, "Agent"), "admin", PASSWORD)
        _, key = create_key(connection, workspace_id, "bench", ["admin"])
        source = add_source(connection, NewSource(workspace_id, "smtp", "Post", address="post@example.dk"))
        people = {"workspace_id": workspace_id, "companies": companies, "contacts": contacts}
        connection.execute(SQL["add_companies"], people)
        connection.execute(SQL["add_contacts"], people)
        found = connection.execute(SQL["bounds"], {"workspace_id": workspace_id}).fetchone()
    assert found is not None
    with database.autocommit() as connection:
        connection.execute("analyze posthus.contact, posthus.company")
    common: dict[str, object] = {
        "workspace_id": workspace_id,
        "member_id": member_id,
        "source_id": source.id,
        "contacts": contacts,
        "contact": found[0],
        "tag": found[1],
    }
    for begin in range(1, conversations + 1, _STEP):
        with database.transaction() as connection:
            connection.execute("set local session_replication_role = replica")  # nobody is there to be told
            stretch = {**common, "from": begin, "to": min(conversations, begin + _STEP - 1)}
            connection.execute(SQL["add_conversations"], stretch)
    with database.autocommit() as connection:
        connection.execute("vacuum analyze")
    return LargeWorkspace(workspace_id, member_id, key, int(found[1]))
