"""What a member changes on themselves: name, language, password, and where they are signed in."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from psycopg import Connection

from posthus.api.access import COOKIE
from posthus.api.answers import Answered
from posthus.api.passwords import token_hash
from posthus.api.problems import Refusal
from posthus.api.shapes.session import Member
from posthus.api.shapes.team import OwnChange, OwnSession, OwnSessions, PasswordChange
from posthus.api.team import SQL
from posthus.api.visits import Reader, Visit
from posthus.database.pool import row, rows

router = APIRouter(prefix="/api/v1/me", route_class=Answered, tags=["account"])
SessionNumber = Annotated[str, Path(alias="id", pattern="^[0-9a-f]{24}$")]


@router.get("")
def read_me(visit: Reader) -> Member:
    """Who I am."""
    with visit.reading() as connection:
        return _me(visit, connection)


@router.patch("", response_model=Member)
def change_me(visit: Reader, change: OwnChange) -> Response:
    """Another name or language."""
    own = {**_own(visit), "id": visit.caller.member_id, "role": None, "disabled": None}

    def apply(connection: Connection) -> Member:
        connection.execute(SQL["change_member"], {**own, "name": change.name, "language": change.language})
        return _me(visit, connection)

    return visit.writing(apply)


@router.post("/password", status_code=204, response_class=Response)
def change_password(visit: Reader, change: PasswordChange) -> Response:
    """Another password; every other session ends."""
    own, passwords = _own(visit), visit.desk.passwords

    def apply(connection: Connection) -> None:
        stored = connection.execute(SQL["read_password"], own).fetchone()
        if stored is None or not passwords.verify(stored[0], change.current):
            raise Refusal(403, "The current password is wrong.")
        changed = {**own, "password_hash": passwords.hash(change.new), "keep": own["current"]}
        connection.execute(SQL["set_password"], changed)
        visit.note(connection, "password_changed", f"member:{visit.caller.member_id}", {})

    return visit.writing(apply, 204)


@router.get("/sessions")
def list_sessions(visit: Reader) -> OwnSessions:
    """Where I am signed in, the latest first."""
    with visit.reading() as connection:
        return OwnSessions(items=rows(connection, SQL["list_sessions"], _own(visit), OwnSession))


@router.delete("/sessions/{id}", status_code=204, response_class=Response)
def end_session_elsewhere(visit: Reader, number: SessionNumber) -> Response:
    """Sign out somewhere else."""
    own = _own(visit)

    def end(connection: Connection) -> None:
        connection.execute(SQL["end_one_session"], {**own, "id": number})

    return visit.writing(end, 204)


@router.delete("/sessions", status_code=204, response_class=Response)
def end_other_sessions(visit: Reader) -> Response:
    """Sign out everywhere else."""
    own = _own(visit)

    def end(connection: Connection) -> None:
        connection.execute(SQL["end_other_sessions"], own)

    return visit.writing(end, 204)


def _own(visit: Visit) -> dict[str, object]:
    if visit.caller.member_id is None:
        raise Refusal(403, "An API key is nobody's; sign in.")
    return {
        "workspace_id": visit.caller.workspace_id,
        "member_id": visit.caller.member_id,
        "current": token_hash(visit.asked.cookies.get(COOKIE, "")),
    }


def _me(visit: Visit, connection: Connection) -> Member:
    wanted = {**_own(visit), "after": 0, "limit": 1, "everybody": True, "only": visit.caller.member_id}
    found = row(connection, SQL["list_team"], wanted, dict)
    assert found is not None
    return Member.model_validate({name: found[name] for name in Member.model_fields})
