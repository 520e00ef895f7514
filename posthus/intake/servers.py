"""The webhook intake as servers call it: RSGI (granian) and ASGI, thirty lines each."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from typing import Protocol

from posthus.intake.answers import Answer, Head
from posthus.intake.bodies import Bodies, small
from posthus.intake.connection import OwnConnection
from posthus.intake.deliveries import Surroundings
from posthus.intake.directory import directory_beside
from posthus.intake.group_commit import Bounds, GroupCommit
from posthus.intake.http import WebhookIntake
from posthus.intake.rejections import Tally
from posthus.intake.secrets import NO_KEYS
from posthus.intake.spool import Spooling

AsgiMessage = MutableMapping[str, object]


class RsgiHeaders(Protocol):
    """What granian hands over as headers."""

    def items(self) -> list[tuple[str, str]]:
        """Names in lower case, and values."""


class RsgiScope(Protocol):
    """The part of an RSGI scope that is read here."""

    proto: str
    method: str
    path: str
    query_string: str
    client: str
    headers: RsgiHeaders


class RsgiProtocol(Protocol):
    """The part of RSGI's HTTP protocol that is used here."""

    async def __call__(self) -> bytes:
        """The whole body."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The body piece by piece."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Send the answer."""


class IntakeApp:
    """One worker's whole intake over HTTP; made in the worker, started and stopped by its server.

    The same object answers RSGI and ASGI.
    """

    def __init__(
        self,
        database_url: str,
        bounds: Bounds | None = None,
        around: Surroundings | None = None,
        spooling: Spooling | None = None,
    ) -> None:
        self.database_url = database_url
        self.bounds = bounds
        self.around = around or Surroundings(NO_KEYS)
        self.spooling = spooling
        self.bodies = Bodies()
        self._intake: WebhookIntake | None = None

    async def start(self) -> WebhookIntake:
        """Begin; called in the server's event loop."""
        connection = OwnConnection(self.database_url, name="posthus intake")
        commit = GroupCommit(connection, self.bounds, self.spooling)
        commit.start()
        tally = Tally(OwnConnection(self.database_url, name="posthus intake refusals"))
        self._intake = WebhookIntake(directory_beside(commit), commit, tally, self.around)
        return self._intake

    def drain(self) -> None:
        """Say at /readyz that this process is about to stop; requests are still answered."""
        self._running().draining = True

    def refusal(self) -> str | None:
        """Why an event could not be accepted now, or None."""
        return self._running().commit.refusal()

    async def stop(self) -> None:
        """Store what still waits, then let go of the database."""
        if self._intake is not None:
            await self._intake.commit.close()
            await self._intake.directory.close()
            await self._intake.tally.close()

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called by granian before the first request."""
        loop.run_until_complete(self.start())

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called by granian after the last request."""
        loop.run_until_complete(self.stop())

    async def __rsgi__(self, scope: RsgiScope, protocol: RsgiProtocol) -> None:
        """One request over RSGI."""
        if scope.proto != "http":
            return
        headers = _joined(scope.headers.items())
        head = Head(scope.method, scope.path, scope.query_string, headers, _length(headers), scope.client)

        async def read(limit: int) -> bytes | None:
            if head.length is not None and small(head.length):
                return await self.bodies.whole(protocol(), head.length)
            return await self.bodies.pieces(protocol, limit)

        answer = await self._running().answer(head, read)
        protocol.response_bytes(answer.status, list(answer.headers), answer.body)

    async def __call__(
        self,
        scope: AsgiMessage,
        receive: Callable[[], Awaitable[AsgiMessage]],
        send: Callable[[AsgiMessage], Awaitable[None]],
    ) -> None:
        """One request, or the lifespan, over ASGI."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        if scope["type"] != "http":
            return
        head = _asgi_head(scope)

        async def read(limit: int) -> bytes | None:
            return await self.bodies.pieces(_asgi_pieces(receive), limit)

        await _send(await self._running().answer(head, read), send)

    async def _lifespan(
        self,
        receive: Callable[[], Awaitable[AsgiMessage]],
        send: Callable[[AsgiMessage], Awaitable[None]],
    ) -> None:
        while (message := await receive())["type"] == "lifespan.startup":
            await self.start()
            await send({"type": "lifespan.startup.complete"})
        if message["type"] == "lifespan.shutdown":
            await self.stop()
            await send({"type": "lifespan.shutdown.complete"})

    def _running(self) -> WebhookIntake:
        if self._intake is None:
            raise RuntimeError("the intake is used before its server started it")
        return self._intake


class SenderLeftError(Exception):
    """The sender closed the connection in the middle of its body; there is nobody to answer."""


async def _send(answer: Answer, send: Callable[[AsgiMessage], Awaitable[None]]) -> None:
    length = (b"content-length", str(len(answer.body)).encode())
    headers = [(name.encode(), value.encode("latin-1")) for name, value in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": answer.body})


async def _asgi_pieces(receive: Callable[[], Awaitable[AsgiMessage]]) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise SenderLeftError
        piece = message.get("body", b"")
        if isinstance(piece, bytes):
            yield piece
        more = bool(message.get("more_body", False))


def _asgi_head(scope: AsgiMessage) -> Head:
    raw = scope["headers"]
    assert isinstance(raw, Iterable)
    headers = _joined((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in raw)
    query, client = scope.get("query_string", b""), scope.get("client")
    return Head(
        method=str(scope["method"]),
        path=str(scope["path"]),
        query=query.decode("latin-1") if isinstance(query, bytes) else "",
        headers=headers,
        length=_length(headers),
        peer=str(client[0]) if isinstance(client, list | tuple) else "",
    )


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in pairs:
        # A field sent twice means the same as its values in a list (RFC 9110, 5.3).
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _length(headers: dict[str, str]) -> int | None:
    text = headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
