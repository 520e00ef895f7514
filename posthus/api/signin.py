"""Signing in and out: passwords, the login limit and the session's row."""

from dataclasses import dataclass

from psycopg import Connection

from posthus.api.access import SQL
from posthus.api.members import note_audit
from posthus.api.passwords import Passwords, new_token, token_hash
from posthus.api.problems import Refusal
from posthus.api.shapes.session import Login
from posthus.conversations.doer import Doer
from posthus.database.pool import Database
from posthus.jobs import WorkspaceId

SESSION_SECONDS = 14 * 24 * 3600
WINDOW_SECONDS = 900
FAILURES_PER_EMAIL = 10
FAILURES_PER_ADDRESS = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """Where somebody comes in from."""

    address: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to sign in: what was typed, and where it came from."""

    login: Login
    address: str
    user_agent: str

    @property
    def email(self) -> str:
        """The address as members have it."""
        return self.login.email.strip().lower()

    @property
    def subjects(self) -> tuple[tuple[str, int], tuple[str, int]]:
        """What is limited, with how many failures each may have in the window."""
        return (
            (f"address:{self.address}", FAILURES_PER_ADDRESS),
            (f"email:{self.email}", FAILURES_PER_EMAIL),
        )


def sign_in(database: Database, passwords: Passwords, attempt: Attempt) -> str:
    """Begin a session and answer its token; 401 where the password is wrong, 429 after too many tries."""
    with database.transaction() as connection:
        waiting = _count(connection, attempt)
    if waiting:
        detail = f"Too many failed sign-ins; try again in {waiting} seconds."
        raise Refusal(429, detail, {"Retry-After": str(waiting)})
    with database.transaction() as connection:
        found = connection.execute(SQL["find_logins"], {"email": attempt.email}).fetchall()
    # The connection is given back first: hashing takes longer than the query.
    stored: list[tuple[int, int, str | None]] = found or [(0, 0, None)]
    for member_id, workspace_id, password_hash in stored:
        if passwords.verify(password_hash, attempt.login.password):
            with database.transaction() as connection:
                _succeeded(connection, attempt)
                entry = Entry(attempt.address, attempt.user_agent)
                return begin(connection, entry, member_id, workspace_id)
    raise Refusal(401, "The e-mail address or the password is wrong.")


def sign_out(database: Database, token: str) -> None:
    """End a session; one that is not there is no error."""
    with database.transaction() as connection:
        connection.execute(SQL["end_session"], {"token_hash": token_hash(token)})


def _count(connection: Connection, attempt: Attempt) -> int:
    """Note the attempt as failed before it is tried, so that parallel tries cannot pass the limit."""
    for subject, most in attempt.subjects:
        connection.execute(SQL["hold_subject"], {"subject": subject})
        window = {"subject": subject, "window": WINDOW_SECONDS}
        found = connection.execute(SQL["count_failures"], window).fetchone()
        if found is not None and found[0] >= most:
            return max(1, int(found[1]))
        connection.execute(SQL["note_attempt"], {"subject": subject})
    return 0


def begin(connection: Connection, entry: Entry, member_id: int, workspace_id: int) -> str:
    """Begin a session of a member and answer its token."""
    token = new_token()
    session = {
        "token_hash": token_hash(token),
        "workspace_id": workspace_id,
        "member_id": member_id,
        "csrf": new_token(),
        "user_agent": entry.user_agent[:300],
        "seconds": SESSION_SECONDS,
    }
    connection.execute(SQL["start_session"], session)
    member = f"member:{member_id}"
    note_audit(
        connection, Doer(WorkspaceId(workspace_id), member), "sign_in", member, {"address": entry.address}
    )
    return token


def _succeeded(connection: Connection, attempt: Attempt) -> None:
    (address, _), (email, _) = attempt.subjects
    connection.execute(SQL["forget_attempt"], {"subject": address})
    connection.execute(SQL["forget_failures"], {"subject": email})
