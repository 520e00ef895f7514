"""Keyset pages: opaque, url-safe cursors that belong to one list and are refused when altered."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Annotated, TypeAlias, TypeVar
from uuid import UUID

import orjson
from fastapi import Query

from posthus.api.problems import Refusal

Scalar: TypeAlias = str | int | datetime | UUID
One = TypeVar("One", str, int, datetime, UUID)
Two = TypeVar("Two", str, int, datetime, UUID)
_CHECK_BYTES = 6
Limit = Annotated[int, Query(ge=1, le=200, description="how many rows a page has at most")]
Cursor = Annotated[str, Query(max_length=4000, description="`next_cursor` of the page before; empty: first")]


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page of a list: taken from `limit` and `cursor`."""

    limit: Limit = 50
    cursor: Cursor = ""


def make_cursor(name: str, values: Sequence[Scalar]) -> str:
    """The cursor of list `name` that leads on from the row with these sort values."""
    body = orjson.dumps(list(values))
    return urlsafe_b64encode(_check(name, body) + body).rstrip(b"=").decode()


def read_cursor(name: str, cursor: str, kind: type[One]) -> One | None:
    """The sort value of a cursor, None of an empty one; a cursor of another list is refused (400)."""
    if not cursor:
        return None
    (value,) = _values(name, cursor, (kind,))
    return _as(kind, value)


def read_pair(name: str, cursor: str, first: type[One], second: type[Two]) -> tuple[One, Two] | None:
    """Like `read_cursor`, for a list that is sorted by two values."""
    if not cursor:
        return None
    one, two = _values(name, cursor, (first, second))
    return _as(first, one), _as(second, two)


def read_triple(name: str, cursor: str) -> tuple[datetime, str, str] | None:
    """Like `read_cursor`, for a list that is sorted by a time and two words."""
    if not cursor:
        return None
    one, two, three = _values(name, cursor, (datetime, str, str))
    return _as(datetime, one), _as(str, two), _as(str, three)


def _values(name: str, cursor: str, kinds: Sequence[type[Scalar]]) -> list[Scalar]:
    try:
        whole = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        check, body = whole[:_CHECK_BYTES], whole[_CHECK_BYTES:]
        if check != _check(name, body) or urlsafe_b64encode(whole).rstrip(b"=").decode() != cursor:
            raise ValueError
        values: object = orjson.loads(body)
        if not isinstance(values, list):
            raise TypeError
        return [_scalar(kind, value) for kind, value in zip(kinds, values, strict=True)]
    except (binascii.Error, ValueError, TypeError) as error:
        detail = "This cursor does not belong to this list; start again without a cursor."
        raise Refusal(400, detail) from error


def _as(kind: type[One], value: Scalar) -> One:
    assert isinstance(value, kind)
    return value


def _scalar(kind: type[Scalar], value: object) -> Scalar:
    if kind is int and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    if isinstance(value, str):
        if kind is str:
            return value
        if kind is datetime:
            return datetime.fromisoformat(value)
        if kind is UUID:
            return UUID(value)
    raise TypeError(kind)


def _check(name: str, body: bytes) -> bytes:
    return blake2b(body, digest_size=_CHECK_BYTES, person=name.encode()[:16]).digest()
