"""What every room wants done now and then is done, and may be done again."""

from posthus.api.members import add_member, ensure_workspace
from posthus.app.rotations import rotations
from posthus.database.pool import Database


def test_ended_sessions_go_and_everything_else_is_harmless(database: Database) -> None:
    with database.transaction() as connection:
        workspace_id, _ = ensure_workspace(connection, "Tag")
        member = add_member(connection, workspace_id, ("a@example.dk", "A"), "agent", "a long password")
        for token, days in (("ended", -30), ("running", 30)):
            connection.execute(
                "insert into posthus.session (token_hash, workspace_id, member_id, csrf, expires_at)"
                " values (sha256(%s::bytea), %s, %s, 'x', now() + %s * interval '1 day')",
                (token.encode(), workspace_id, member, days),
            )
    for _ in range(2):
        for rotation in rotations(database):
            rotation()
    with database.transaction() as connection:
        left = connection.execute("select expires_at > now() from posthus.session").fetchall()
    assert left == [(True,)]
