"""The people of the workspace: inviting them, their roles, and links to choose a password by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from psycopg import Connection

from posthus.api.access import COOKIE
from posthus.api.answers import Answered
from posthus.api.conversations import Number, Paged
from posthus.api.pages import make_cursor, read_cursor
from posthus.api.passwords import new_token, token_hash
from posthus.api.problems import Refusal, not_found
from posthus.api.rights import may_manage
from posthus.api.sessions import address_of, session_shape
from posthus.api.shapes.session import Session
from posthus.api.shapes.shape import Page, Role
from posthus.api.shapes.team import Invitation, Invited, Joining, Link, MemberChange, NewMember, TeamMember
from posthus.api.signin import SESSION_SECONDS, Entry, begin
from posthus.api.visits import AtDesk, Incoming, Keeper, Reader, Visit
from posthus.database.pool import row, rows
from posthus.database.queries import load

SQL = load(__file__, "team.sql")
LINK_DAYS = 7
router = APIRouter(prefix="/api/v1", route_class=Answered, tags=["team"])
Everybody = Annotated[bool, Query(alias="all", description="also those who can no longer sign in")]
Token = Annotated[str, Path(min_length=20, max_length=100)]


@dataclass(frozen=True, slots=True)
class _Invited:
    workspace_id: int
    workspace: str
    member_id: int
    email: str
    name: str
    expires_at: datetime


@router.get("/members")
def list_members(visit: Reader, paging: Paged, everybody: Everybody = False) -> Page[TeamMember]:  # noqa: FBT002
    """The people of the workspace."""
    after = read_cursor("members", paging.cursor, int)
    wanted = {"after": after or 0, "limit": paging.limit + 1, "everybody": everybody, "only": None}
    with visit.reading() as connection:
        found = _members(visit, connection, wanted)
    items = found[: paging.limit]
    more = make_cursor("members", [items[-1].id]) if len(found) > paging.limit else None
    return Page(items=items, next_cursor=more)


@router.post("/members", response_model=Invited, status_code=201)
def invite_member(visit: Keeper, new: NewMember) -> Response:
    """Invite somebody: the answer has a link by which they choose a password; hand it over."""
    _allowed(visit, new.role)
    email = new.email.strip().lower()

    def invite(connection: Connection) -> Invited:
        stored = {
            "workspace_id": visit.caller.workspace_id,
            "email": email,
            "name": new.name.strip(),
            "role": new.role,
        }
        made = connection.execute(SQL["invite_member"], stored).fetchone()
        if made is None:
            raise Refusal(
                409, "Somebody has this address already; let them in again, or send them a new link."
            )
        link = _link(visit, connection, made[0])
        visit.note(connection, "member_invited", f"member:{made[0]}", {"role": new.role})
        return Invited(member=_member(visit, connection, made[0]), invitation=link)

    return visit.writing(invite, 201)


@router.post("/members/{id}/invitation", response_model=Link, status_code=201)
def renew_invitation(visit: Keeper, number: Number) -> Response:
    """A new link for a member who has none, or has forgotten the password; older links are worthless."""

    def renew(connection: Connection) -> Link:
        found = _member(visit, connection, number)
        _allowed(visit, found.role)
        if found.disabled:
            raise Refusal(409, "This member may not sign in; let them in again first.")
        visit.note(connection, "member_invited", f"member:{number}", {"role": found.role})
        return _link(visit, connection, number)

    return visit.writing(renew, 201)


@router.patch("/members/{id}", response_model=TeamMember)
def change_member(visit: Keeper, number: Number, change: MemberChange) -> Response:
    """Another name or role, or let somebody out (at once, everywhere) or in again."""
    workspace_id = visit.caller.workspace_id

    def apply(connection: Connection) -> TeamMember:
        connection.execute(SQL["hold_admins"], {"workspace_id": workspace_id})
        before = _member(visit, connection, number)
        _allowed(visit, before.role, *([change.role] if change.role else []))
        if number == visit.caller.member_id and (change.disabled or change.role not in {None, before.role}):
            raise Refusal(409, "Nobody changes their own role; ask another admin.")
        changed = {
            "workspace_id": workspace_id,
            "id": number,
            "name": change.name,
            "role": change.role,
            "disabled": change.disabled,
            "language": None,
        }
        connection.execute(SQL["change_member"], changed)
        left = connection.execute(SQL["count_admins"], {"workspace_id": workspace_id}).fetchone()
        if left is None or not left[0]:
            raise Refusal(409, "Somebody has to be admin; make another member admin first.")
        visit.note(connection, "member_changed", f"member:{number}", change.model_dump(exclude_unset=True))
        return _member(visit, connection, number)

    return visit.writing(apply)


@router.get("/invitations/{token}")
def read_invitation(desk: AtDesk, token: Token) -> Invitation:
    """What a link invites to; needs no sign-in."""
    with desk.database.transaction() as connection:
        found = _invitation(connection, token)
    return Invitation(
        workspace=found.workspace, email=found.email, name=found.name, expires_at=found.expires_at
    )


@router.post("/invitations/{token}", response_model=Session)
def accept_invitation(
    request: Request, desk: AtDesk, asked: Incoming, token: Token, joining: Joining
) -> Response:
    """Choose a password: uses the link up and signs in."""
    desk.access.refuse_other_sites(asked.headers)
    stored = desk.passwords.hash(joining.password)
    entry = Entry(address_of(request, desk), asked.headers.get("user-agent", ""))
    with desk.database.transaction() as connection:
        found = _invitation(connection, token)
        accepted = {"member_id": found.member_id, "password_hash": stored, "name": joining.name}
        connection.execute(SQL["accept_invitation"], accepted)
        cookie = begin(connection, entry, found.member_id, found.workspace_id)
    body = session_shape(desk.access.look_up(cookie)).model_dump_json()
    response = Response(body, media_type="application/json")
    secure = desk.settings.secure
    response.set_cookie(COOKIE, cookie, SESSION_SECONDS, secure=secure, httponly=True, samesite="lax")
    return response


def _allowed(visit: Visit, *roles: Role) -> None:
    if not all(may_manage(visit.caller.role, visit.caller.rights, role) for role in roles):
        raise Refusal(403, "Only an admin changes who is admin.")


def _member(visit: Visit, connection: Connection, number: int) -> TeamMember:
    wanted = {"after": 0, "limit": 1, "everybody": True, "only": number}
    found = _members(visit, connection, wanted)
    if not found:
        raise not_found("member")
    return found[0]


def _members(visit: Visit, connection: Connection, wanted: Mapping[str, object]) -> list[TeamMember]:
    return rows(
        connection, SQL["list_team"], {**wanted, "workspace_id": visit.caller.workspace_id}, TeamMember
    )


def _link(visit: Visit, connection: Connection, member_id: int) -> Link:
    token = new_token()
    new = {
        "workspace_id": visit.caller.workspace_id,
        "member_id": member_id,
        "token_hash": token_hash(token),
        "days": LINK_DAYS,
    }
    made = connection.execute(SQL["add_invitation"], new).fetchone()
    assert made is not None
    return Link(url=f"{visit.desk.settings.public_url.rstrip('/')}/join/{token}", expires_at=made[0])


def _invitation(connection: Connection, token: str) -> _Invited:
    found = row(connection, SQL["find_invitation"], {"token_hash": token_hash(token)}, _Invited)
    if found is None:
        raise Refusal(404, "This link was used already or is too old; ask for a new one.")
    return found
