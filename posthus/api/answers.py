"""How an answer leaves: a strong ETag, 304 where nothing changed, compressed where it pays, privately cached."""

import gzip
from collections.abc import Callable, Coroutine
from hashlib import sha256

import zstandard
from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.responses import StreamingResponse

from posthus.api.problems import answer_error

_WORTH_COMPRESSING = 1000
_COMPRESSIBLE = ("application/json", "text/html", "text/plain")
# A body with a secret in it is never compressed beside what a caller chose (BREACH).
_UNCOMPRESSED = ("/api/v1/session",)


class Answered(APIRoute):
    """A route whose answers carry validators and whose errors are problems."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[object, object, Response]]:
        """The endpoint, with what every answer has around it."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                response = await handle(request)
            except Exception as error:  # noqa: BLE001 - the protocol's edge: the caller gets a problem
                return answer_error(error)
            if isinstance(response, StreamingResponse):
                return response
            told: dict[str, str] = getattr(request.state, "limits", {})
            finished = finish(request, response)
            for name, value in told.items():
                finished.headers[name] = value
            return finished

        return answer


def finish(request: Request, response: Response) -> Response:
    """Add validators to a successful read, and answer 304 to a caller who has it already."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    if request.method not in {"GET", "HEAD"} or response.status_code != 200:
        response.headers.setdefault("Cache-Control", "no-store")
        return response
    body = bytes(response.body)
    tag = sha256(body).hexdigest()[:32]
    response.headers.setdefault("Cache-Control", "private, no-cache")
    response.headers["Vary"] = "Accept-Encoding, Authorization, Cookie"
    if has_it(request.headers.get("if-none-match", ""), tag):
        kept = {name: response.headers[name] for name in ("Cache-Control", "Vary")}
        return Response(status_code=304, headers={**kept, "ETag": f'"{tag}"'})
    coding, packed = _pack(request, response, body)
    response.headers["ETag"] = f'"{tag}-{coding}"' if coding else f'"{tag}"'
    if coding:
        response.body = packed
        response.headers["Content-Encoding"] = coding
        response.headers["Content-Length"] = str(len(packed))
    return response


def has_it(header: str, tag: str) -> bool:
    """Whether If-None-Match names this tag, in whatever coding it was sent (RFC 9110, 13.1.2)."""
    known = {part.strip().removeprefix("W/").strip('"') for part in header.split(",")}
    return "*" in known or any(one.partition("-")[0] == tag for one in known)


def _pack(request: Request, response: Response, body: bytes) -> tuple[str, bytes]:
    kind = response.headers.get("content-type", "").partition(";")[0]
    if len(body) < _WORTH_COMPRESSING or kind not in _COMPRESSIBLE or request.url.path in _UNCOMPRESSED:
        return "", body
    accepted = {
        part.partition(";")[0].strip() for part in request.headers.get("accept-encoding", "").split(",")
    }
    if "zstd" in accepted:
        return "zstd", zstandard.ZstdCompressor(level=3).compress(body)
    if "gzip" in accepted:
        return "gzip", gzip.compress(body, compresslevel=5, mtime=0)
    return "", body


def accepted_codings(header: str) -> frozenset[str]:
    """The codings that Accept-Encoding takes; one with q=0 is refused (RFC 9110, 12.5.3)."""
    accepted = set()
    for part in header.lower().split(","):
        name, _, weight = part.partition(";")
        if weight.replace(" ", "").rstrip("0.") != "q=":
            accepted.add(name.strip())
    return frozenset(accepted)
