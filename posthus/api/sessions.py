"""Signing in, who I am, signing out."""

from fastapi import APIRouter, Request, Response

from posthus.api.access import COOKIE, SQL, Caller
from posthus.api.answers import Answered
from posthus.api.passwords import token_hash
from posthus.api.problems import Refusal
from posthus.api.shapes.session import Login, Member, Session
from posthus.api.shapes.shape import Named
from posthus.api.signin import SESSION_SECONDS, Attempt, sign_in, sign_out
from posthus.api.visits import WRITTEN_COOKIE, AtDesk, Desk, Incoming, Reader

router = APIRouter(prefix="/api/v1", route_class=Answered, tags=["session"])


@router.post("/session")
def begin_session(
    request: Request, login: Login, desk: AtDesk, asked: Incoming, response: Response
) -> Session:
    """Sign in: sets the session cookie; 401 if the password is wrong, 429 after too many tries."""
    desk.access.refuse_other_sites(asked.headers)
    attempt = Attempt(login, address_of(request, desk), asked.headers.get("user-agent", ""))
    token = sign_in(desk.database, desk.passwords, attempt)
    found = desk.access.look_up(token)
    response.set_cookie(
        COOKIE, token, SESSION_SECONDS, secure=desk.settings.secure, httponly=True, samesite="lax"
    )
    return session_shape(found)


@router.get("/session")
def read_session(visit: Reader, response: Response) -> Session:
    """Who is signed in; a session in use is prolonged here."""
    token = visit.asked.cookies.get(COOKIE)
    if visit.caller.member_id is None or token is None:
        raise Refusal(403, "An API key has no session.")
    with visit.desk.database.transaction() as connection:
        seen = {"token_hash": token_hash(token), "seconds": SESSION_SECONDS}
        prolonged = connection.execute(SQL["prolong_session"], seen).rowcount
    if prolonged:
        secure = visit.desk.settings.secure
        response.set_cookie(COOKIE, token, SESSION_SECONDS, secure=secure, httponly=True, samesite="lax")
    return session_shape(visit.caller)


@router.delete("/session", status_code=204)
def end_session(visit: Reader) -> Response:
    """Sign out: the token is worthless everywhere within a second."""
    token = visit.asked.cookies.get(COOKIE)
    if token is not None:
        sign_out(visit.desk.database, token)
    response = Response(status_code=204)
    for name in (COOKIE, WRITTEN_COOKIE):
        response.delete_cookie(name, secure=visit.desk.settings.secure, httponly=True, samesite="lax")
    return response


def session_shape(caller: Caller) -> Session:
    """Who is signed in, as the API shows it."""
    assert caller.member_id is not None
    assert caller.role is not None
    return Session(
        member=Member(
            id=caller.member_id,
            email=caller.email or "",
            name=caller.name,
            role=caller.role,
            language=caller.language,
        ),
        workspace=Named(id=caller.workspace_id, name=caller.workspace_name),
        time_zone=caller.workspace_time_zone,
        csrf=caller.csrf,
        rights=sorted(caller.rights),
    )


def address_of(request: Request, desk: Desk) -> str:
    """Where a request comes from, as far as that can be trusted."""
    if desk.settings.behind_proxy:
        # The nearest proxy wrote the last one; the ones before are what the client claims.
        forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
        if forwarded:
            return forwarded
    return request.client.host if request.client else "unknown"
