"""Webhooks in: what each request is answered, whatever the server's interface is."""

import hmac
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from time import time

from posthus.intake.bodies import SlowSenderError
from posthus.intake.connection import DatabaseAwayError
from posthus.intake.directory import Directory
from posthus.intake.group_commit import EventRefusedError, GroupCommit, IntakeFullError
from posthus.intake.inbox import NewEvent, storable
from posthus.intake.presets import PRESETS, Preset
from posthus.intake.secrets import Keyring, SecretKeyError, about
from posthus.intake.sources import Source
from posthus.intake.verify import idempotency_key, refusal, secret_bytes
from posthus.intake.wotnot import presented_token
from posthus.telemetry import log

RETRY_AFTER = 5  # seconds
_TOKEN = re.compile(r"/in/([A-Za-z0-9_-]{16,128})")
_NEVER_KEPT = frozenset({"authorization", "cookie", "proxy-authorization"})


@dataclass(frozen=True, slots=True)
class Head:
    """A request before its body; header names are lower case, `length` is None where the sender did not say."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    length: int | None
    peer: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send back."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...]


# Reads the whole body, or answers None as soon as it is longer than the limit.
ReadBody = Callable[[int], Awaitable[bytes | None]]
_JSON = ("content-type", "application/json")
_TEXT = ("content-type", "text/plain; version=0.0.4")
_SEEING = ("/healthz", "/readyz", "/metrics", "/in/metrics")  # the last where the API answers at /metrics
_TITLES = {
    400: "Bad request",
    401: "Signature refused",
    404: "Not found",
    405: "Method not allowed",
    408: "Too slow",
    413: "Too large",
    422: "Cannot be stored",
    503: "Try again later",
}
_TROUBLES: Mapping[type[Exception], tuple[int, str]] = {
    DatabaseAwayError: (503, "the database is away; send it again"),
    IntakeFullError: (503, "more is waiting than can be stored; send it again"),
    SlowSenderError: (408, "the body took too long"),
    EventRefusedError: (422, "the database cannot store this delivery"),
}


class WebhookIntake:
    """POST /in/{token}, and how the process is: nothing else is answered here."""

    def __init__(
        self, directory: Directory, commit: GroupCommit, keyring: Keyring, clock: Callable[[], float] = time
    ) -> None:
        self.directory = directory
        self.commit = commit
        self.clock = clock
        self.draining = False  # set before the server stops, so that a balancer looks elsewhere first
        self._open = lru_cache(1024)(keyring.open)

    async def answer(self, head: Head, read: ReadBody) -> Answer:
        """The answer to any request; 2xx to a delivery only after its event is committed."""
        try:
            found = _TOKEN.fullmatch(head.path)
            if found is not None:
                return await self._delivery(head, read, found[1])
            if head.path in _SEEING:
                return await self._seen(head)
            return problem(404, "there is nothing at this address")
        except SecretKeyError as error:
            log("secret_not_opened", reason=str(error))
            return problem(503, "the signature cannot be checked now; send it again")
        except tuple(_TROUBLES) as error:
            return problem(*_TROUBLES[type(error)])

    async def _seen(self, head: Head) -> Answer:
        if head.method not in ("GET", "HEAD"):
            return problem(405, "this address takes GET", allow="GET, HEAD")
        if head.path.endswith("/metrics"):
            return Answer(200, self._metrics().encode(), (_TEXT,))
        refusal = await self._not_ready() if head.path == "/readyz" else None
        return Answer(200, b'{"status":"ok"}', (_JSON,)) if refusal is None else problem(503, refusal)

    def _metrics(self) -> str:
        """How the intake of this process is, as Prometheus reads it, also while the database is away."""
        levels = self.commit.levels() | {
            "intake.waiting": self.commit.waiting,
            "intake.refusing": float(self.commit.refusal() is not None),
            "spool.spooling": float(self.commit.spooling),
        }
        named = ((f"posthus_{name.replace('.', '_')}", value) for name, value in levels.items())
        return "".join(f"# TYPE {name} gauge\n{name} {value:g}\n" for name, value in named)

    async def _not_ready(self) -> str | None:
        """Why a delivery would be refused now, or None: ready is also who spools."""
        if self.draining:
            return "shutting down"
        if not self.commit.spooling:
            try:
                await self.directory.check()
            except DatabaseAwayError:
                return self.commit.refusal(away=True)
        return self.commit.refusal()

    async def _delivery(self, head: Head, read: ReadBody, token: str) -> Answer:
        source = await self.directory.by_token(token)
        if source is None:
            return problem(404, "no source has this address")
        preset = PRESETS[source.provider]
        if head.method != "POST":
            if preset.echoes_token and head.method == "GET":
                return _echo(presented_token(head, b"") or token)
            return problem(405, "this address takes POST", allow="POST")
        body = await self._admitted(source, preset, head, read)
        if isinstance(body, Answer):
            return body
        event_id = None
        if body:
            received = await self.commit.submit(_event(source, preset, head, body))
            event_id = str(received.event_id)
        if preset.echoes_token:
            return _echo(presented_token(head, body) or token, event_id)
        return Answer(202, b'{"id":"%s"}' % str(event_id).encode(), (_JSON,))

    async def _admitted(self, source: Source, preset: Preset, head: Head, read: ReadBody) -> bytes | Answer:
        """The body of a delivery that may come in, or the answer to one that may not."""
        limit = source.max_bytes
        body = None if head.length is not None and head.length > limit else await read(limit)
        if body is None:
            return problem(413, f"this source takes {limit} bytes at most")
        if not body and not preset.echoes_token:
            return problem(400, "the body is empty")
        refused = self._refusal(source, preset, head, body)
        return body if refused is None else problem(401, refused)

    def _refusal(self, source: Source, preset: Preset, head: Head, body: bytes) -> str | None:
        if source.secret is None:
            return None
        secret = self._open(source.secret, about("source", source.workspace_id))
        if preset.scheme is not None:
            key = _key(source.provider, secret)
            return refusal(preset.scheme, key, head.headers, body, self.clock())
        given = presented_token(head, body) or ""
        fits = hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode())
        return None if fits else "the token is not the one configured for this source"


def problem(status: int, detail: str, *, allow: str | None = None) -> Answer:
    """An error as RFC 9457 has it."""
    shape = {"type": "about:blank", "title": _TITLES[status], "status": status, "detail": detail}
    headers: tuple[tuple[str, str], ...] = (("content-type", "application/problem+json"),)
    if status == 503:
        headers += (("retry-after", str(RETRY_AFTER)),)
    if allow is not None:
        headers += (("allow", allow),)
    return Answer(status, json.dumps(shape).encode(), headers)


def _event(source: Source, preset: Preset, head: Head, body: bytes) -> NewEvent:
    return NewEvent(
        workspace_id=source.workspace_id,
        source_id=source.id,
        kind="webhook",
        body=body,
        headers={name: value for name, value in head.headers.items() if name not in _NEVER_KEPT},
        envelope={"peer": head.peer, "query": storable(head.query), "provider": source.provider},
        idempotency_key=idempotency_key(preset, head.headers, body),
    )


def _echo(token: str, event_id: str | None = None) -> Answer:
    shape = {"token": storable(token)} | ({"id": event_id} if event_id else {})
    return Answer(200, json.dumps(shape).encode(), (_JSON,))


@lru_cache(maxsize=1024)
def _key(provider: str, secret: str) -> bytes:
    scheme = PRESETS[provider].scheme
    return secret_bytes(scheme, secret) if scheme is not None else b""
