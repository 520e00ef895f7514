"""WotNot signs nothing: it sends a token along and gives an address up that does not repeat it."""

import json
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import parse_qs

_NAMES = ("token", "verification_token", "verify_token", "challenge")
_HEADERS = ("x-wotnot-token", "x-verification-token", "token")
_LARGEST_TEST = 64_000  # bytes; a test delivery is small, a large body is not read twice for its token


class Request(Protocol):
    """What is read of a request: its headers (lower-case names) and its query."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Header values by lower-case name."""

    @property
    def query(self) -> str:
        """What follows the question mark."""


def presented_token(request: Request, body: bytes) -> str | None:
    """The token that came along: in a header, in the query, or at the top of a JSON body."""
    for name in _HEADERS:
        if request.headers.get(name):
            return request.headers[name]
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer.strip():
        return bearer.strip()
    asked = parse_qs(request.query, max_num_fields=50) if request.query.count("&") < 50 else {}
    for name in _NAMES:
        if asked.get(name):
            return asked[name][0]
    return _token_in(body) if 0 < len(body) <= _LARGEST_TEST else None


def _token_in(body: bytes) -> str | None:
    try:
        shape = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(shape, dict):
        return None
    for name in _NAMES:
        value = shape.get(name)
        if isinstance(value, str) and value:
            return value
    return None
