"""Every scheme that is an HMAC over some arrangement of the delivery: one row of settings each."""

import hmac
import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from secrets import token_bytes, token_hex
from typing import Literal
from uuid import uuid4

from posthus.intake.providers.delivery import Delivery, Refusal, raw

_PIECE = re.compile(r"\{(\w+)\}")
_NUMBER = re.compile(r"[0-9]{1,16}")
_WHSEC = "whsec_"
DIFFERS = Refusal("mismatch", "the signature does not fit the body and the secret")

Clock = Literal["seconds", "milliseconds", "iso"]


@dataclass(frozen=True, slots=True)
class Hmac:
    """How one provider signs; header names are lower case.

    `signed` is what is signed, of {id}, {timestamp}, {body}, {method} and {url}; `form` is how the header holds
    the signature: alone, in a list separated by spaces, as `t=…,v1=…`, or as `timestamp;signature`.
    """

    headers: tuple[str, ...]
    signed: str = "{body}"
    algorithm: Literal["sha256", "sha1"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""
    form: Literal["alone", "list", "pairs", "semicolon"] = "alone"
    key: Literal["text", "hex", "whsec"] = "text"
    id_header: str | None = None
    timestamp_header: str | None = None
    clock: Clock = "seconds"
    tolerance: int = 0  # seconds either way; 0 where no time is signed

    def refusal(self, delivery: Delivery, secret: str, now: float) -> Refusal | None:
        """None where one of the signatures fits; they are compared as text, in constant time."""
        given = next((delivery.headers[name] for name in self.headers if name in delivery.headers), None)
        if given is None:
            return Refusal("missing", f"the header {self.headers[0]} is missing")
        if self.id_header is not None and not delivery.header(self.id_header):
            return Refusal("missing", f"the header {self.id_header} is missing")
        if not key_of(self.key, secret):
            return Refusal("untrusted", "the secret of this source does not have the provider's form")
        stamp, candidates = self._taken_apart(given, delivery)
        if self.tolerance:
            late = out_of_time(stamp, self.clock, now, self.tolerance)
            if late is not None:
                return late
        for url in delivery.urls or ("",):
            expected = self._signature(delivery, secret, stamp, url).encode()
            # Every candidate is compared, so that the time taken does not tell which one fits.
            fits = [hmac.compare_digest(raw(each), expected) for each in candidates]
            if any(fits):
                return None
            if "{url}" not in self.signed:
                break
        return DIFFERS

    def sign(self, delivery: Delivery, secret: str, now: float) -> Delivery:
        """The delivery with its headers, as the provider would send it."""
        stamp = written(self.clock, now) if self.tolerance else ""
        headers = dict(delivery.headers)
        if self.id_header is not None:
            headers.setdefault(self.id_header, f"msg_{uuid4().hex}")
        if self.timestamp_header is not None:
            headers[self.timestamp_header] = stamp
        shown = replace(delivery, headers=headers)
        signature = self._signature(shown, secret, stamp, (delivery.urls or ("",))[0])
        headers[self.headers[0]] = {
            "alone": signature,
            "list": signature,
            "pairs": f"t={stamp},{signature}",
            "semicolon": f"{stamp};{signature}",
        }[self.form]
        return shown

    def problem(self, secret: str) -> str | None:
        """Whether the secret has the form its key is written in."""
        return None if key_of(self.key, secret) else _FORMS[self.key]

    def new_secret(self) -> str:
        """256 random bits in the provider's form."""
        return _WHSEC + b64encode(token_bytes(32)).decode() if self.key == "whsec" else token_hex(32)

    def _taken_apart(self, given: str, delivery: Delivery) -> tuple[str, list[str]]:
        """The timestamp, and the signatures with their prefix."""
        stamp = delivery.header(self.timestamp_header) if self.timestamp_header else ""
        if self.form == "list":
            return stamp, given.split(" ")[:50]
        if self.form == "pairs":
            pieces = given.split(",")[:50]
            stamps = [piece[2:] for piece in pieces if piece.startswith("t=")]
            # Two times would leave open which one was signed.
            return (stamps[0] if len(stamps) == 1 else ""), pieces
        if self.form == "semicolon":
            stamp, _, signature = given.partition(";")
            return stamp, [signature]
        return stamp, [given]

    def _signature(self, delivery: Delivery, secret: str, stamp: str, url: str) -> str:
        content = self._content(delivery, stamp, url)
        digest = hmac.digest(key_of(self.key, secret), content, self.algorithm)
        return self.prefix + (digest.hex() if self.encoding == "hex" else b64encode(digest).decode())

    def _content(self, delivery: Delivery, stamp: str, url: str) -> bytes:
        if self.signed == "{body}":
            return delivery.body
        values: Mapping[str, bytes] = {
            "id": raw(delivery.header(self.id_header or "")),
            "timestamp": raw(stamp),
            "body": delivery.body,
            "method": raw(delivery.method),
            "url": raw(url),
        }
        pieces = _PIECE.split(self.signed)
        return b"".join(values[piece] if place % 2 else piece.encode() for place, piece in enumerate(pieces))


_FORMS = {
    "text": "the secret is empty",
    "hex": "this secret is written in hexadecimal digits",
    "whsec": "a Standard Webhooks secret is whsec_ followed by base64",
}


def key_of(form: Literal["text", "hex", "whsec"], secret: str) -> bytes:
    """The key that signs; empty where the secret does not have the form."""
    try:
        if form == "hex":
            return bytes.fromhex(secret)
        if form == "whsec":
            return b64decode(secret.removeprefix(_WHSEC), validate=True)
    except (NotBase64, ValueError):
        return b""
    return secret.encode("utf-8", "surrogateescape")


def out_of_time(stamp: str, clock: Clock, now: float, tolerance: int) -> Refusal | None:
    """Why a timestamp is not believed: it is none, or further from now than the tolerance in seconds."""
    moment = seconds_of(stamp, clock)
    if moment is None:
        return Refusal("malformed", "the timestamp is missing or cannot be read")
    difference = moment - now
    if abs(difference) > tolerance:
        direction = "ahead" if difference > 0 else "old"
        return Refusal("late", f"the timestamp is {abs(difference):.0f} seconds {direction}")
    return None


def seconds_of(stamp: str, clock: Clock) -> float | None:
    """A timestamp in seconds since 1970, None where it is none."""
    if clock == "iso":
        try:
            moment = datetime.fromisoformat(stamp)
        except ValueError:
            return None
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if not (stamp.isascii() and _NUMBER.fullmatch(stamp)):
        return None
    return int(stamp) / 1000 if clock == "milliseconds" else int(stamp)


def written(clock: Clock, now: float) -> str:
    """Now, as a provider with this clock writes it."""
    if clock == "iso":
        return datetime.fromtimestamp(int(now), UTC).isoformat().replace("+00:00", "Z")
    return str(int(now * 1000)) if clock == "milliseconds" else str(int(now))
