"""A request before its body, and what is sent back."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

RETRY_AFTER = 5  # seconds
HEAD_BYTES = 65_536  # of all header fields together; servers hold the limit only roughly
JSON = ("content-type", "application/json")
TEXT = ("content-type", "text/plain; charset=utf-8")
XML = ("content-type", "text/xml")
TITLES = {
    400: "Bad request",
    401: "Signature refused",
    403: "Not the agreed token",
    404: "Not found",
    405: "Method not allowed",
    408: "Too slow",
    413: "Too large",
    422: "Cannot be stored",
    429: "Too many deliveries",
    431: "Head too large",
    503: "Try again later",
}


@dataclass(frozen=True, slots=True)
class Head:
    """A request before its body; header names are lower case, `length` is None where the sender did not say."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    length: int | None
    peer: str

    @property
    def too_large(self) -> bool:
        """Whether its fields are longer than a head may be."""
        return sum(map(len, self.headers)) + sum(map(len, self.headers.values())) > HEAD_BYTES


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send back."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...]


# Reads the whole body, or answers None as soon as it is longer than the limit.
ReadBody = Callable[[int], Awaitable[bytes | None]]


def problem(status: int, detail: str, *, allow: str | None = None) -> Answer:
    """An error as RFC 9457 has it."""
    shape = {"type": "about:blank", "title": TITLES[status], "status": status, "detail": detail}
    headers: tuple[tuple[str, str], ...] = (("content-type", "application/problem+json"),)
    if status in (429, 503):
        headers += (("retry-after", str(RETRY_AFTER)),)
    if allow is not None:
        headers += (("allow", allow),)
    return Answer(status, json.dumps(shape).encode(), headers)
