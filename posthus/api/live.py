"""Live changes as server-sent events: topics only, so that a lost line costs a refetch and nothing more."""

from collections.abc import AsyncIterator, Callable

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from posthus.api.access import credentials_of
from posthus.api.answers import Answered
from posthus.api.problems import Refusal
from posthus.api.shapes.live import LiveChange
from posthus.api.streams import Line
from posthus.api.visits import Reader, Visit
from posthus.cache.feed import FeedUnreachableError, Subscription

router = APIRouter(prefix="/api/v1", route_class=Answered, tags=["live"])

_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}


class LiveStream(StreamingResponse):
    """A stream that leaves no subscription behind, however it ends."""

    def __init__(self, content: AsyncIterator[str], close: Callable[[], None]) -> None:
        super().__init__(content, headers=_HEADERS, media_type="text/event-stream")
        self._close = close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the client, the session or the server ends."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._close()


@router.get(
    "/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "model": LiveChange}},
)
async def listen(visit: Reader) -> LiveStream:
    """Topics that change, as they are committed; read everything again after each (re)connection."""
    streams, who = visit.desk.streams, visit.asked.cookies.get("posthus_session") or visit.caller.actor
    streams.enter(who)
    line = Line()
    subscription = Subscription(visit.caller.workspace_id, line.changed, line.lost)
    try:
        leave = await run_in_threadpool(visit.desk.parts.feed.subscribe, subscription)
    except BaseException:
        streams.leave(who)
        raise

    def close() -> None:
        leave()
        streams.leave(who)

    return LiveStream(_lines(visit, line), close)


async def _lines(visit: Visit, line: Line) -> AsyncIterator[str]:
    feed = visit.desk.parts.feed
    yield f"retry: 1000\nevent: hello\nid: {feed.version()}\ndata: {{}}\n\n"
    while not line.ended:
        topics = await line.topics()
        if "access" in topics and not await run_in_threadpool(_still_welcome, visit):
            return
        told = sorted(topics - {"access"})
        if told:
            change = LiveChange(topics=told).model_dump_json()
            yield f"event: change\nid: {feed.version()}\ndata: {change}\n\n"
        elif not topics:
            yield ":\n\n"


def _still_welcome(visit: Visit) -> bool:
    asked = visit.asked
    try:
        caller = visit.desk.access.caller(credentials_of(asked.method, asked.headers, asked.cookies))
    except (Refusal, FeedUnreachableError):
        return False
    return "read" in caller.rights
