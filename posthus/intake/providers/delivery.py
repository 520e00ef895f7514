"""One delivery as its proof is checked: the request and its body, and what a form holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Literal, Protocol
from urllib.parse import parse_qsl

import orjson
from multipart import MultipartError, MultipartParser, parse_options_header

MOST_FIELDS = 1_000
LONGEST_FIELD = 100_000  # bytes; what proves a delivery is short, its attachments are not read here
_MOST_READ = 64_000_000  # bytes; more than any source takes

Reason = Literal["missing", "mismatch", "late", "malformed", "untrusted"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a delivery is not believed: a word to count by, and a sentence for whoever sends."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A request; header names are lower case, `urls` are what its sender may have called it, the likeliest first."""

    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    method: str = "POST"
    urls: tuple[str, ...] = ()
    query: str = ""

    def header(self, name: str) -> str:
        """A header's value, empty where there is none."""
        return self.headers.get(name, "")


class Proof(Protocol):
    """How a provider proves that a delivery is its own; each kind below is one."""

    def refusal(self, delivery: Delivery, secret: str, now: float) -> Refusal | None:
        """None for a delivery that the secret's owner sent in time; `now` is in seconds since 1970."""

    def sign(self, delivery: Delivery, secret: str, now: float) -> Delivery | None:
        """The delivery as its provider would send it; None where only the provider can sign."""

    def problem(self, secret: str) -> str | None:
        """What is wrong with a secret's form, or None."""

    def new_secret(self) -> str | None:
        """A fresh secret in the provider's form; None where only the provider can give one."""


def raw(text: str) -> bytes:
    """The bytes a header came as."""
    return text.encode("utf-8", "surrogateescape")


def form_fields(delivery: Delivery) -> list[tuple[str, str]]:
    """The short fields of a form body, url-encoded or multipart, in order; empty for any other body."""
    kind, options = parse_options_header(delivery.header("content-type"))
    if kind == "multipart/form-data":
        return _multipart_fields(delivery.body, options.get("boundary", ""))
    if kind not in ("application/x-www-form-urlencoded", ""):
        return []
    try:
        text = delivery.body.decode("utf-8", "replace")
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="replace")
    except ValueError:
        return []


def _multipart_fields(body: bytes, boundary: str) -> list[tuple[str, str]]:
    try:
        parts = MultipartParser(
            BytesIO(body), boundary, part_limit=MOST_FIELDS, spool_limit=_MOST_READ, memory_limit=_MOST_READ
        )
        return [
            (part.name, part.raw.decode("utf-8", "replace"))
            for part in parts
            if not part.filename and part.size <= LONGEST_FIELD
        ]
    except (MultipartError, ValueError, LookupError):
        return []


def json_of(body: bytes) -> object:
    """The JSON of a body, None where it is none."""
    try:
        loaded: object = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return loaded
