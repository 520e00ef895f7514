"""One HTTP port: webhooks go to the intake callable, everything else to the API."""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, MutableMapping

from granian.constants import Interfaces
from granian.server.embed import Server

from posthus.app.settings import Address

Message = MutableMapping[str, object]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


def combined(api: Application, intake: Application) -> Application:
    """Webhooks to `intake`, the rest to `api`; the API alone has a lifespan."""

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        webhook = scope["type"] == "http" and isinstance(path, str) and path.startswith("/in/")
        await (intake if webhook else api)(scope, receive, send)

    return application


def serve(application: Application, address: Address, stop: threading.Event) -> None:
    """Serve until `stop` is set; requests under way are finished."""
    asyncio.run(_serve(application, address, stop))


async def _serve(application: Application, address: Address, stop: threading.Event) -> None:
    server = Server(
        application,
        address=address.host,
        port=address.port,
        interface=Interfaces.ASGI,
        backlog=2048,
        log_enabled=False,
        websockets=False,
    )
    loop = asyncio.get_running_loop()
    serving = loop.create_task(server.serve())
    stopped = loop.run_in_executor(None, stop.wait)
    await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        stop.set()
    server.stop()
    with contextlib.suppress(asyncio.CancelledError):
        await serving
