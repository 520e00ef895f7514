"""What granian loads for the intake benchmark: the intake, what it is compared with, and an endpoint that does nothing."""

import asyncio
import hmac
import json
import os
from asyncio import StreamReader, StreamWriter
from collections import deque
from collections.abc import Awaitable, Callable
from uuid import uuid4

from psycopg_pool import AsyncConnectionPool

from posthus.app.http import collect_rarely
from posthus.intake.deliveries import Surroundings
from posthus.intake.secrets import Keyring
from posthus.intake.servers import IntakeApp, RsgiProtocol, RsgiScope

KEYRING = Keyring(["benchmark key " * 3])
INSERT = "insert into public.bench_event (id, headers, body) values (%s, %s, %s)"
_JSON = [("content-type", "application/json")]


def intake() -> IntakeApp:
    """The real thing."""
    collect_rarely()
    return IntakeApp(os.environ["POSTHUS_BENCH_DATABASE"], around=Surroundings(KEYRING))


class Nothing:
    """Reads the body and says 202."""

    async def __rsgi__(self, scope: RsgiScope, protocol: RsgiProtocol) -> None:
        """One request."""
        await protocol()
        protocol.response_bytes(202, _JSON, b'{"id":"00000000-0000-0000-0000-000000000000"}')


class Stored:
    """Checks the signature, stores the body by `store`, says 202: the least that a durable intake does."""

    def __init__(self, start: Callable[[], Awaitable[Callable[[str, str, bytes], Awaitable[None]]]]) -> None:
        self.start = start
        self.secret = os.environ["POSTHUS_BENCH_SECRET"].encode()

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called by granian before the first request."""
        self.store = loop.run_until_complete(self.start())

    async def __rsgi__(self, scope: RsgiScope, protocol: RsgiProtocol) -> None:
        """One request."""
        body = await protocol()
        if scope.method != "POST":
            protocol.response_bytes(200, _JSON, b"{}")
            return
        headers = dict(scope.headers.items())
        expected = hmac.digest(self.secret, body, "sha256").hex()
        if not hmac.compare_digest(headers.get("x-signature", ""), f"sha256={expected}"):
            protocol.response_bytes(401, _JSON, b"{}")
            return
        event_id = str(uuid4())
        await self.store(event_id, json.dumps(headers), body)
        protocol.response_bytes(202, _JSON, b'{"id":"%s"}' % event_id.encode())


def nothing() -> Nothing:
    """The yardstick."""
    collect_rarely()
    return Nothing()


def inserts() -> Stored:
    """One INSERT, and so one commit, for each request, on sixteen connections."""

    async def start() -> Callable[[str, str, bytes], Awaitable[None]]:
        url = os.environ["POSTHUS_BENCH_DATABASE"]
        pool = AsyncConnectionPool(url, min_size=16, max_size=16, open=False, kwargs={"autocommit": True})
        await pool.open(wait=True)

        async def store(event_id: str, headers: str, body: bytes) -> None:
            async with pool.connection() as connection:
                await connection.execute(INSERT, (event_id, headers, body))

        return store

    return Stored(start)


class Redis:
    """XADD over one connection, pipelined: what comes together is synced together, the best that Redis does."""

    def __init__(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.waiting: deque[asyncio.Future[None]] = deque()
        self.answers = asyncio.ensure_future(self._answers())

    async def store(self, event_id: str, headers: str, body: bytes) -> None:
        """Return once Redis has answered, which with appendfsync always it does after its fsync."""
        words = (b"XADD", b"events", b"*", b"id", event_id.encode(), b"h", headers.encode(), b"body", body)
        self.writer.write(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words))
        answered = asyncio.get_running_loop().create_future()
        self.waiting.append(answered)
        await answered

    async def _answers(self) -> None:
        while True:
            length = await self.reader.readuntil(b"\r\n")
            assert length.startswith(b"$"), length
            await self.reader.readuntil(b"\r\n")
            self.waiting.popleft().set_result(None)


def redis() -> Stored:
    """One XADD for each request."""

    async def start() -> Callable[[str, str, bytes], Awaitable[None]]:
        port = int(os.environ["POSTHUS_BENCH_REDIS"])
        return Redis(*await asyncio.open_connection("127.0.0.1", port)).store

    return Stored(start)
