"""Keyset pages: opaque, url-safe cursors that belong to one list and are refused when altered."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Annotated

import orjson
from fastapi import Query

from posthus.api.problems import Refusal

_CHECK_BYTES = 6
Limit = Annotated[int, Query(ge=1, le=200, description="how many rows a page has at most")]
Cursor = Annotated[str, Query(max_length=400, description="`next_cursor` of the page before; empty: first")]


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page of a list: taken from `limit` and `cursor`."""

    limit: Limit = 50
    cursor: Cursor = ""


def make_cursor(name: str, values: Sequence[str | int | datetime]) -> str:
    """The cursor of list `name` that leads on from the row with these sort values."""
    body = orjson.dumps(list(values))
    return urlsafe_b64encode(_check(name, body) + body).rstrip(b"=").decode()


def read_cursor(name: str, cursor: str, length: int) -> list[str | int] | None:
    """The sort values of a cursor, None of an empty one; a cursor of another list is refused (400)."""
    if not cursor:
        return None
    try:
        whole = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        check, body = whole[:_CHECK_BYTES], whole[_CHECK_BYTES:]
        if check != _check(name, body) or urlsafe_b64encode(whole).rstrip(b"=").decode() != cursor:
            raise ValueError
        values: object = orjson.loads(body)
    except (binascii.Error, ValueError) as error:
        raise _refused() from error
    if not isinstance(values, list) or len(values) != length:
        raise _refused()
    return values


def _check(name: str, body: bytes) -> bytes:
    return blake2b(body, digest_size=_CHECK_BYTES, person=name.encode()[:16]).digest()


def _refused() -> Refusal:
    return Refusal(400, "This cursor does not belong to this list; start again without a cursor.")
