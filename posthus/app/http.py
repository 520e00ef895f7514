"""One HTTP port: webhooks go to the intake callable, everything else to the API."""

import asyncio
import contextlib
import gc
import resource
import threading
from collections.abc import Awaitable, Callable, Iterable, MutableMapping

import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from posthus.app.beneath import beneath
from posthus.app.settings import Address
from posthus.intake.answers import HEAD_BYTES, problem
from posthus.intake.servers import IntakeApp, RsgiProtocol, RsgiScope

Message = MutableMapping[str, object]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]
BACKLOG = 4096
CONNECTIONS = 4096  # at once; whoever comes then waits in the backlog
HEADER_SECONDS = 30  # for the head of a request, and for the next one to begin on a kept connection


def combined(api: Application, intake: Application) -> Application:
    """Webhooks to `intake`, the rest to `api`; the API alone is told of the start and the end.

    Whether this process is ready is the intake's to say: what it can still accept must not be turned away.
    """

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        webhook = scope["type"] == "http" and isinstance(path, str) and path.startswith(("/in/", "/readyz"))
        await (intake if webhook else api)(scope, receive, send)

    return application


def with_small_heads(application: Application) -> Application:
    """431 for a head that the server let through although it is larger than it may be (RFC 6585, 5)."""
    refusal = problem(431, "the head of this request is too large")

    async def limited(scope: Message, receive: Receive, send: Send) -> None:
        fields = scope.get("headers", ())
        assert isinstance(fields, Iterable)
        if scope["type"] != "http" or sum(len(name) + len(value) for name, value in fields) <= HEAD_BYTES:
            await application(scope, receive, send)
            return
        headers = [(name.encode(), value.encode()) for name, value in refusal.headers]
        await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
        await send({"type": "http.response.body", "body": refusal.body})

    return limited


class BareIntake:
    """The intake alone over RSGI, the quickest way in; it is started by whoever serves it."""

    def __init__(self, intake: IntakeApp) -> None:
        self._intake = intake

    async def __rsgi__(self, scope: RsgiScope, protocol: RsgiProtocol) -> None:
        """One request."""
        await self._intake.__rsgi__(scope, protocol)


class HttpServer:
    """Serves what it is given until asked to stop; requests under way are finished.

    When asked, it says so at /readyz for `drain_seconds` first, so that a balancer sends no more.
    """

    def __init__(
        self,
        address: Address,
        api: Application | None,
        intake: IntakeApp | None,
        drain_seconds: float = 0,
        path: str = "",
    ) -> None:
        self.address = address
        self.path = path
        self.drain_seconds = drain_seconds
        self.api = api
        self.intake = intake

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop` is set; sets it when serving ends by itself."""
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._run(stop))

    async def _run(self, stop: threading.Event) -> None:
        _allow_many_connections()
        if self.intake is not None:
            await self.intake.start()
        collect_rarely()
        server = self._server()
        loop = asyncio.get_running_loop()
        serving = loop.create_task(server.serve())
        stopped = loop.run_in_executor(None, stop.wait)
        await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        if not serving.done():
            if self.intake is not None:
                self.intake.drain()
                await asyncio.wait({serving}, timeout=self.drain_seconds)
            stop_serving: Callable[[], None] = server.stop  # untyped in the library
            stop_serving()
        with contextlib.suppress(asyncio.CancelledError):
            await serving
        if self.intake is not None:
            await self.intake.stop()

    def _server(self) -> Server:
        target, interface = self._target()
        return Server(
            target,
            address=self.address.host,
            port=self.address.port,
            interface=interface,
            backlog=BACKLOG,
            backpressure=CONNECTIONS,
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(
                header_read_timeout=HEADER_SECONDS * 1000, max_buffer_size=HEAD_BYTES
            ),
            log_enabled=False,
            websockets=False,
        )

    def _target(self) -> tuple[Application | BareIntake, Interfaces]:
        match self.api, self.intake:
            case None, None:
                raise ValueError("nothing to serve")
            case None, IntakeApp() as intake:
                return BareIntake(intake), Interfaces.RSGI
            case api, None:
                assert api is not None
                return with_small_heads(beneath(self.path, api)), Interfaces.ASGI
            case api, intake:
                assert api is not None
                assert intake is not None
                return with_small_heads(beneath(self.path, combined(api, intake))), Interfaces.ASGI


def collect_rarely() -> None:
    """Look for cycles less often, and never among what the program itself is: a tenth of the work of a request."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _allow_many_connections() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS * 2
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
