"""One verifier for every HMAC scheme, and the key that tells a repeated delivery from a new one."""

import hmac
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from hashlib import sha256

from posthus.intake.presets import Preset, Scheme

_WHSEC = "whsec_"


class SecretError(ValueError):
    """The secret does not have the provider's form; the message says which form that is."""


def secret_bytes(scheme: Scheme, secret: str) -> bytes:
    """The key that signs: the secret's own bytes, or what its base64 stands for."""
    if scheme.key_form == "text":
        return secret.encode()
    try:
        key = b64decode(secret.removeprefix(_WHSEC), validate=True)
    except (NotBase64, ValueError):
        raise SecretError("a Standard Webhooks secret is whsec_ followed by base64") from None
    if not key:
        raise SecretError("a Standard Webhooks secret is whsec_ followed by base64")
    return key


def sign(scheme: Scheme, key: bytes, headers: Mapping[str, str], body: bytes) -> str:
    """The signature, with its prefix, of a delivery whose id and timestamp are in `headers`."""
    parts = {
        "id": headers.get(scheme.id_header or "", "").encode("utf-8", "surrogateescape"),
        "timestamp": headers.get(scheme.timestamp_header or "", "").encode("utf-8", "surrogateescape"),
        "body": body,
    }
    digest = hmac.digest(key, b".".join(parts[name] for name in scheme.signed), "sha256")
    return scheme.prefix + (digest.hex() if scheme.encoding == "hex" else b64encode(digest).decode())


def refusal(scheme: Scheme, key: bytes, headers: Mapping[str, str], body: bytes, now: float) -> str | None:
    """None for a delivery that its sender signed within the tolerance, else why it is refused.

    `headers` have lower-case names; `now` is in seconds since 1970. Signatures are compared as text in
    constant time, so a second spelling of the same bytes is refused as well.
    """
    given = next((headers[name] for name in scheme.signature_headers if name in headers), None)
    if given is None:
        return f"the header {scheme.signature_headers[0]} is missing"
    if scheme.id_header is not None and not headers.get(scheme.id_header):
        return f"the header {scheme.id_header} is missing"
    if scheme.timestamp_header is not None:
        late = _out_of_time(headers.get(scheme.timestamp_header, ""), now, scheme.tolerance_seconds)
        if late is not None:
            return late
    expected = sign(scheme, key, headers, body).encode()
    candidates = given.split(" ") if scheme.several else [given]
    # Every candidate is compared, so that the time taken does not tell which one fits.
    fits = [hmac.compare_digest(each.encode("utf-8", "surrogateescape"), expected) for each in candidates]
    return None if any(fits) else "the signature does not fit the body and the secret"


def idempotency_key(preset: Preset, headers: Mapping[str, str], body: bytes) -> bytes:
    """32 bytes that are the same for a delivery and its repetitions: of the provider's id, else of the body."""
    identifier = headers.get(preset.id_header, "") if preset.id_header else ""
    if identifier:
        return sha256(b"id\0" + identifier.encode("utf-8", "surrogateescape")).digest()
    kind = headers.get(preset.type_header, "") if preset.type_header else ""
    return sha256(b"body\0" + kind.encode("utf-8", "surrogateescape") + b"\0" + body).digest()


def _out_of_time(stamp: str, now: float, tolerance: int) -> str | None:
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        return "the timestamp is not a number of seconds"
    difference = int(stamp) - now
    if abs(difference) > tolerance:
        return f"the timestamp is {abs(difference):.0f} seconds {'ahead' if difference > 0 else 'old'}"
    return None
