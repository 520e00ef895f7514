"""One request: who asks, what they may, and the one transaction in which it is answered."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Request, Response
from psycopg import Connection

from posthus.api.access import SQL, Access, Caller, credentials_of
from posthus.api.anchoring import AnchorBook
from posthus.api.limits import Limits
from posthus.api.members import note_audit
from posthus.api.parts import ApiParts
from posthus.api.passwords import Passwords
from posthus.api.problems import Refusal
from posthus.api.shapes.session import Action
from posthus.api.shapes.shape import Shape
from posthus.api.streams import Streams
from posthus.cache.remember import Cache, written
from posthus.conversations.doer import Doer
from posthus.conversations.listing import Counted
from posthus.database.pool import Identity
from posthus.intake.secrets import Sealed, about
from posthus.search.remembered import RememberedSearches

LARGEST_BODY = 2_000_000
WRITTEN_COOKIE = "posthus_written"
_WRITTEN_SECONDS = 60


class Desk:
    """What all requests of one application share."""

    def __init__(self, parts: ApiParts) -> None:
        self.parts = parts
        self.database = parts.database
        self.settings = parts.settings
        self.access = Access(parts.database, parts.feed, parts.settings.public_url)
        self.passwords = Passwords()
        self.anchors = AnchorBook(parts.database, parts.feed)
        self.counts: Cache[Counted] = Cache(parts.feed, 2_000)
        self.searches = RememberedSearches(parts.feed, parts.meter)
        self.streams = Streams(parts.settings.streams_per_session)
        self.limits = Limits(parts.settings.requests_a_minute)

    def metrics(self) -> str:
        """The numbers of this process as Prometheus text."""
        lines = [f"posthus_live_streams {self.streams.count()}"]
        for name, hits, misses in (
            ("callers", self.access.callers.hits, self.access.callers.misses),
            ("anchors", self.anchors.newest.hits, self.anchors.newest.misses),
            ("counts", self.counts.hits, self.counts.misses),
        ):
            lines.append(f'posthus_cache_hits_total{{cache="{name}"}} {hits}')
            lines.append(f'posthus_cache_misses_total{{cache="{name}"}} {misses}')
        memory = self.searches.memory
        lines.append(f'posthus_cache_hits_total{{cache="searches"}} {memory.kept + memory.updated}')
        lines.append(f'posthus_cache_misses_total{{cache="searches"}} {memory.new}')
        lines.append(f"posthus_search_seconds_saved_total {memory.seconds_saved:.3f}")
        return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """The request itself, as far as answering twice with one answer needs it."""

    method: str
    path: str
    body: bytes
    headers: Mapping[str, str]
    cookies: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Visit:
    """A permitted caller at the desk; `reading` and `writing` are its transaction."""

    desk: Desk
    caller: Caller
    asked: Asked

    @property
    def written(self) -> int | None:
        """The newest transaction that this caller wrote, if it shows one."""
        return credentials_of(self.asked.method, self.asked.headers, self.asked.cookies).written

    @property
    def doer(self) -> Doer:
        """The caller as activities and notes name them."""
        return Doer(self.caller.workspace_id, self.caller.actor)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that sees the caller's workspace only."""
        with self.desk.database.transaction(self.caller.identity) as connection:
            yield connection

    def writing(self, work: Callable[[Connection], Shape | None], status: int = 200) -> Response:
        """Do `work` in one transaction; a repeated Idempotency-Key gets the first answer again instead."""
        return self._write(work, status, self.caller.identity)

    def writing_as_owner(self, work: Callable[[Connection], Shape | None], status: int = 200) -> Response:
        """Like `writing`, where tables are touched that no member has rights on; `work` must name the workspace."""
        return self._write(work, status, None)

    def _write(
        self, work: Callable[[Connection], Shape | None], status: int, identity: Identity | None
    ) -> Response:
        with self.desk.database.transaction(identity) as connection:
            claim = self._claim()
            repeated = claim and self._repeated(connection, claim)
            if repeated:
                return repeated
            shape = work(connection)
            body = b"" if shape is None else shape.model_dump_json(by_alias=True).encode()
            if claim is not None:
                connection.execute(
                    SQL["keep_answer"], {**claim, "status": status, "body": self._sealed(body)}
                )
            token = str(written(connection))
        response = _answer(status, body)
        response.headers["X-Posthus-Written"] = token
        if self.caller.member_id is not None:
            secure = self.desk.settings.secure
            response.set_cookie(
                WRITTEN_COOKIE, token, _WRITTEN_SECONDS, secure=secure, httponly=True, samesite="lax"
            )
        return response

    def note(self, connection: Connection, action: str, subject: str, detail: Mapping[str, object]) -> None:
        """Write the audit log: an administrative change by this caller."""
        note_audit(connection, self.doer, action, subject, detail)

    def _claim(self) -> dict[str, object] | None:
        key = self.asked.headers.get("idempotency-key")
        if key is None:
            return None
        if not 1 <= len(key) <= 200:
            raise Refusal(400, "An Idempotency-Key has 1 to 200 characters.")
        asked = f"{self.caller.actor} {self.asked.method} {self.asked.path}\n".encode() + self.asked.body
        claim: dict[str, object] = {
            "workspace_id": self.caller.workspace_id,
            "key": f"{self.caller.actor} {key}",
            "request_hash": sha256(asked).digest(),
        }
        return claim

    def _repeated(self, connection: Connection, claim: dict[str, object]) -> Response | None:
        if connection.execute(SQL["claim_answer"], claim).rowcount == 1:
            return None
        found = connection.execute(SQL["read_answer"], claim).fetchone()
        if found is None or found[0] != claim["request_hash"]:
            raise Refusal(422, "This Idempotency-Key was used for another request; draw a new one.")
        keyring = self.desk.parts.keyring
        response = _answer(found[1], keyring.open(Sealed(bytes(found[2]).decode()), self._answers).encode())
        response.headers["Idempotency-Replayed"] = "true"
        return response

    @property
    def _answers(self) -> str:
        return about("answer", self.caller.workspace_id)

    def _sealed(self, body: bytes) -> bytes:
        """An answer as it is kept: it may hold a secret that is shown once."""
        keyring = self.desk.parts.keyring
        return body if keyring.first is None else keyring.seal(body.decode(), self._answers).encode()


def _answer(status: int, body: bytes) -> Response:
    return Response(body or None, status, media_type="application/json" if body else None)


def desk_of(request: Request) -> Desk:
    """The desk of the application that got this request."""
    found: object = request.app.state.desk
    assert isinstance(found, Desk)
    return found


async def asked(request: Request) -> Asked:
    """Read the request; refuses a body that is larger than any of ours (413)."""
    if int(request.headers.get("content-length") or 0) > LARGEST_BODY:
        raise Refusal(413, "The request is too large.")
    body = await request.body()
    return Asked(request.method, request.url.path, body, request.headers, request.cookies)


def asked_unread(request: Request) -> Asked:
    """The request with its body unread, for who reads that himself once the caller is known."""
    return Asked(request.method, request.url.path, b"", request.headers, request.cookies)


def permitted(
    action: Action, ask: Callable[[Request], Asked | Awaitable[Asked]] = asked
) -> Callable[[Request, Asked], Visit]:
    """A dependency: the visit of a caller who may do `action`; refuses with 401 or 403."""

    def visit(request: Request, asked: Annotated[Asked, Depends(ask)]) -> Visit:
        desk = desk_of(request)
        caller = desk.access.caller(credentials_of(asked.method, asked.headers, asked.cookies))
        request.state.limits = desk.limits.take(f"{caller.actor} {caller.csrf}")
        if action not in caller.rights:
            raise Refusal(403, f"This takes the right to {action}, which this account or key does not have.")
        return Visit(desk, caller, asked)

    return visit


AtDesk = Annotated[Desk, Depends(desk_of)]
Incoming = Annotated[Asked, Depends(asked)]
Reader = Annotated[Visit, Depends(permitted("read"))]
Searcher = Annotated[Visit, Depends(permitted("search"))]
Writer = Annotated[Visit, Depends(permitted("write"))]
SourceKeeper = Annotated[Visit, Depends(permitted("sources"))]
SourceKeeperUnread = Annotated[Visit, Depends(permitted("sources", asked_unread))]
Keeper = Annotated[Visit, Depends(permitted("manage"))]
Operator = Annotated[Visit, Depends(permitted("operate"))]
