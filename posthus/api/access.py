"""Who is calling: a session cookie or an API key, remembered for at most the feed's bound."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from posthus.api.passwords import KEY_PREFIX, same, token_hash
from posthus.api.problems import Refusal
from posthus.api.rights import ROLES, Scope, rights_of
from posthus.api.shapes.session import Action
from posthus.api.shapes.shape import Language, Role
from posthus.cache.feed import Feed
from posthus.cache.remember import Cache, Loaded
from posthus.cache.snapshot import Snapshot, Topic
from posthus.database.pool import Database, Identity, row
from posthus.database.queries import load
from posthus.jobs import WorkspaceId

SQL = load(__file__)

COOKIE = "posthus_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_SIGN_IN = "Sign in (POST /api/v1/session) or send an API key: Authorization: Bearer phk_…"


@dataclass(frozen=True, slots=True)
class Caller:
    """A known caller: either a member with a session, or an API key."""

    stamp: str
    workspace_id: WorkspaceId
    workspace_name: str
    workspace_language: Language
    workspace_time_zone: str
    member_id: int | None
    email: str | None
    name: str
    role: Role | None
    language: Language | None
    csrf: str
    expires_at: datetime
    key_id: int | None
    scopes: list[Scope] | None

    @property
    def identity(self) -> Identity:
        """Whose rows the database lets this caller see."""
        return Identity(member_id=self.member_id, key_id=self.key_id)

    @property
    def rights(self) -> frozenset[Action]:
        """What this caller may do."""
        if self.role is not None:
            return ROLES[self.role]
        return rights_of(self.scopes or [])

    @property
    def actor(self) -> str:
        """How the audit log names this caller."""
        return f"member:{self.member_id}" if self.member_id is not None else f"key:{self.key_id}"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request shows of itself; `cookie` and `key` are tokens in clear."""

    method: str
    cookie: str | None
    key: str | None
    headers: Mapping[str, str]
    written: int | None = None


class Access:
    """Knows callers by their tokens; a revoked one is refused within the feed's bound."""

    def __init__(self, database: Database, feed: Feed, public_url: str) -> None:
        self._database = database
        self._public_host = urlsplit(public_url).netloc
        self.callers: Cache[Caller] = Cache(feed, 5_000)

    def caller(self, credentials: Credentials) -> Caller:
        """Who calls; refuses with 401, and with 403 a write that another site may have caused."""
        if credentials.key is not None:
            return self._known("key_caller", credentials.key, credentials.written)
        if credentials.cookie is None:
            raise Refusal(401, _SIGN_IN, {"WWW-Authenticate": "Bearer"})
        caller = self._known("session_caller", credentials.cookie, credentials.written)
        if caller.expires_at <= datetime.now(UTC):
            raise Refusal(401, _SIGN_IN, {"WWW-Authenticate": "Bearer"})
        if credentials.method not in SAFE_METHODS:
            self.refuse_other_sites(credentials.headers)
            if not same(credentials.headers.get("x-csrf-token", ""), caller.csrf):
                raise Refusal(403, "Send the session's csrf value in the header X-CSRF-Token.")
        return caller

    def look_up(self, token: str) -> Caller:
        """Whose session a token just begun is."""
        return self._known("session_caller", token, None)

    def refuse_other_sites(self, headers: Mapping[str, str]) -> None:
        """Refuse a write that a page of another site sent with this browser's cookies."""
        origin = headers.get("origin")
        if origin is None:
            if headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}:
                return
        elif urlsplit(origin).netloc in {self._public_host, headers.get("host", "")} - {""}:
            return
        raise Refusal(403, "This request came from a page of another site.")

    def _known(self, query: str, token: str, written: int | None) -> Caller:
        hashed = token_hash(token)

        def find() -> Loaded[Caller]:
            with self._database.transaction() as connection:
                found = row(connection, SQL[query], {"token_hash": hashed}, Caller)
                if found is None:
                    raise Refusal(401, _SIGN_IN, {"WWW-Authenticate": "Bearer"})
                if found.key_id is not None:
                    used = {"key_id": found.key_id, "workspace_id": found.workspace_id}
                    connection.execute(SQL["key_used"], used)
            topics = frozenset({Topic(found.workspace_id, "access")})
            return Loaded(found, Snapshot.parse(found.stamp), topics)

        return self.callers.remember((query, hashed), find, written)


def credentials_of(method: str, headers: Mapping[str, str], cookies: Mapping[str, str]) -> Credentials:
    """What a request shows; a key wins over a cookie, so that scripts in a browser's profile are clear."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    key = token.strip() if scheme.lower() == "bearer" else None
    if key is not None and not key.startswith(KEY_PREFIX):
        raise Refusal(
            401, "This is not an API key of Posthus; they begin with phk_.", {"WWW-Authenticate": "Bearer"}
        )
    seen = headers.get("x-posthus-written") or cookies.get("posthus_written") or ""
    written = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 20 else None
    return Credentials(method, cookies.get(COOKIE), key, headers, written)
