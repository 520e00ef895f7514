"""Posthus under a path of a host: the path is taken off, whether the balancer in front has done so or not."""

from collections.abc import Awaitable, Callable, MutableMapping

Message = MutableMapping[str, object]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


def beneath(path: str, application: Application) -> Application:
    """The ASGI `application` as it is reached under `path` ("" or "/crm"); `path` itself is its root."""
    if not path:
        return application

    async def stripped(scope: Message, receive: Receive, send: Send) -> None:
        asked = scope.get("path")
        if isinstance(asked, str) and (asked == path or asked.startswith(f"{path}/")):
            scope = {**scope, "path": asked.removeprefix(path) or "/"}
        await application(scope, receive, send)

    return stripped
