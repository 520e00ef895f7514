"""The proofs that are no plain HMAC of a header: tokens, Twilio, Mailgun, HubSpot, and public keys."""

import hmac
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha1, sha256
from secrets import token_hex
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from posthus.intake.providers.delivery import Delivery, Refusal, form_fields, json_of, raw
from posthus.intake.providers.hmacs import DIFFERS, Hmac, out_of_time, written

_LARGEST_TEST = 64_000  # bytes; a test delivery is small, a large body is not read twice for its token
NO_TOKEN = Refusal("mismatch", "the token is not the one configured for this source")


def same(given: str, expected: str) -> bool:
    """Whether two texts are equal, in constant time."""
    return hmac.compare_digest(raw(given), raw(expected))


@dataclass(frozen=True, slots=True)
class Token:
    """A secret sent along: in a header, as bearer or password, in the query, or at the top of a JSON body."""

    headers: tuple[str, ...] = ("x-token", "x-api-key")
    names: tuple[str, ...] = ("token",)

    def refusal(self, delivery: Delivery, secret: str, now: float) -> Refusal | None:  # noqa: ARG002 - no time is sent
        """None where the token came along."""
        given = list(self.presented(delivery))
        if not given:
            return Refusal("missing", "the token is missing")
        return None if any([same(each, secret) for each in given]) else NO_TOKEN  # noqa: C419 - all are compared

    def sign(self, delivery: Delivery, secret: str, now: float) -> Delivery:  # noqa: ARG002
        """The delivery with the token in its first header."""
        return replace(delivery, headers={**delivery.headers, self.headers[0]: secret})

    def problem(self, secret: str) -> str | None:
        """A token must be something."""
        return None if secret.strip() else "the secret is empty"

    def new_secret(self) -> str | None:
        """256 random bits."""
        return token_hex(32)

    def presented(self, delivery: Delivery) -> Iterable[str]:
        """Every token that came along."""
        yield from (delivery.headers[name] for name in self.headers if delivery.headers.get(name))
        scheme, _, rest = delivery.header("authorization").partition(" ")
        if scheme.lower() == "bearer" and rest.strip():
            yield rest.strip()
        if scheme.lower() == "basic":
            user, _, password = basic_of(delivery).partition(":")
            yield from (part for part in (password, f"{user}:{password}") if part)
        asked = parse_qs(delivery.query, max_num_fields=50) if delivery.query.count("&") < 50 else {}
        yield from (asked[name][0] for name in self.names if asked.get(name))
        if 0 < len(delivery.body) <= _LARGEST_TEST and delivery.body.lstrip()[:1] == b"{":
            shape = json_of(delivery.body)
            if isinstance(shape, dict):
                yield from (
                    value for name in self.names if isinstance(value := shape.get(name), str) and value
                )


def basic_of(delivery: Delivery) -> str:
    """What Basic authorization says, `user:password`; empty where there is none."""
    try:
        return b64decode(delivery.header("authorization")[6:].strip(), validate=True).decode()
    except (NotBase64, ValueError):
        return ""


@dataclass(frozen=True, slots=True)
class BasicAuthorization:
    """RFC 7617; the secret is `user:password`."""

    def refusal(self, delivery: Delivery, secret: str, now: float) -> Refusal | None:  # noqa: ARG002
        """None where user and password fit."""
        if not delivery.header("authorization").lower().startswith("basic "):
            return Refusal("missing", "the header authorization is missing")
        fits = same(basic_of(delivery), secret)
        return None if fits else Refusal("mismatch", "user or password do not fit")

    def sign(self, delivery: Delivery, secret: str, now: float) -> Delivery:  # noqa: ARG002
        """The delivery with user and password."""
        value = f"Basic {b64encode(raw(secret)).decode()}"
        return replace(delivery, headers={**delivery.headers, "authorization": value})

    def problem(self, secret: str) -> str | None:
        """It needs a colon."""
        user, colon, password = secret.partition(":")
        return None if user and colon and password else "the secret is a user and a password: user:password"

    def new_secret(self) -> str:
        """A user called posthus with 192 random bits."""
        return f"posthus:{token_hex(24)}"


@dataclass(frozen=True, slots=True)
class StandardWebhooks:
    """v1 (HMAC-SHA256, secret whsec_…) and v1a (ed25519, the secret is the public key whpk_…)."""

    symmetric: Hmac

    def refusal(self, delivery: Delivery, secret: str, now: float) -> Refusal | None:
        """None where one signature of the secret's kind fits."""
        if not secret.startswith("whpk_"):
            return self.symmetric.refusal(delivery, secret, now)
        for name in ("webhook-signature", "webhook-id", "webhook-timestamp"):
            if not delivery.header(name):
                return Refusal("missing", f"the header {name} is missing")
        stamp = delivery.header("webhook-timestamp")
        late = out_of_time(stamp, "seconds", now, self.symmetric.tolerance)
        if late is not None:
            return late
        key = self._public(secret)
        content = b".".join((raw(delivery.header("webhook-id")), raw(stamp), delivery.body))
        for each in delivery.header("webhook-signature").split(" ")[:50]:
            signature = from_base64(each.removeprefix("v1a,"))
            if (
                key is not None
                and each.startswith("v1a,")
                and signature
                and _verified(key, signature, content)
            ):
                return None
        return DIFFERS

    def sign(self, delivery: Delivery, secret: str, now: float) -> Delivery | None:
        """As v1; a v1a signature takes the sender's private key."""
        return None if secret.startswith("whpk_") else self.symmetric.sign(delivery, secret, now)

    def problem(self, secret: str) -> str | None:
        """whsec_ and base64, or whpk_ and a base64 public key."""
        if not secret.startswith("whpk_"):
            return self.symmetric.problem(secret)
        return None if self._public(secret) else "a public key is whpk_ followed by 32 bytes in base64"

    def new_secret(self) -> str:
        """A secret for v1."""
        return self.symmetric.new_secret()

    def _public(self, secret: str) -> Ed25519PublicKey | None:
        key = from_base64(secret.removeprefix("whpk_"))
        return Ed25519PublicKey.from_public_bytes(key) if len(key) == 32 else None


def from_base64(text: str) -> bytes:
    """The bytes, empty where it is no base64."""
    try:
        return b64decode(text, validate=True)
    except (NotBase64, ValueError):
        return b""


def _verified(key: Ed25519PublicKey, signature: bytes, content: bytes) -> bool:
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Twilio:
    """HMAC-SHA1 over the URL and the sorted fields; a JSON body by its hash in the URL."""

    def refusal(self, delivery: Delivery, secret: str, now: float) -> Refusal | None:  # noqa: ARG002
        """None where the signature fits one of the URLs, with or without its port."""
        given = delivery.header("x-twilio-signature")
        if not given:
            return Refusal("missing", "the header x-twilio-signature is missing")
        asked = dict(parse_qsl(delivery.query, keep_blank_values=True))
        fields: Mapping[str, list[str]] = {}
        if "bodySHA256" in asked:
            if not same(asked["bodySHA256"], sha256(delivery.body).hexdigest()):
                return DIFFERS
        else:
            fields = gathered(form_fields(delivery))
        expected = [self._signature(url, fields, secret) for one in delivery.urls for url in ports_of(one)]
        return None if any([same(given, each) for each in expected]) else DIFFERS  # noqa: C419

    def sign(self, delivery: Delivery, secret: str, now: float) -> Delivery:  # noqa: ARG002
        """A form as Twilio posts it."""
        url = (delivery.urls or ("",))[0]
        signature = self._signature(url, gathered(form_fields(delivery)), secret)
        return replace(delivery, headers={**delivery.headers, "x-twilio-signature": signature})

    def problem(self, secret: str) -> str | None:
        """The account's auth token."""
        return None if secret.strip() else "the secret is empty"

    def new_secret(self) -> str:
        """In the form of an auth token."""
        return token_hex(16)

    def _signature(self, url: str, fields: Mapping[str, list[str]], secret: str) -> str:
        content = url + "".join(f"{name}{value}" for name in sorted(fields) for value in fields[name])
        return b64encode(hmac.digest(raw(secret), raw(content), sha1)).decode()


def gathered(fields: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    """The values of each name: each once, sorted."""
    found: dict[str, set[str]] = {}
    for name, value in fields:
        found.setdefault(name, set()).add(value)
    return {name: sorted(values) for name, values in found.items()}


def ports_of(url: str) -> tuple[str, ...]:
    """A URL as it is, without its port, and with the port its scheme means."""
    try:
        parts = urlsplit(url)
    except ValueError:  # a stranger chooses the host that is asked for
        return (url,)
    host = parts.hostname or ""
    port = {"https": 443, "http": 80}.get(parts.scheme, 443)
    places = dict.fromkeys((parts.netloc, host, f"{host}:{port}"))
    return tuple(urlunsplit(parts._replace(netloc=place)) for place in places)


@dataclass(frozen=True, slots=True)
class Mailgun:
    """HMAC-SHA256 over timestamp and token, which are fields of the form: the body itself is not signed."""

    tolerance: int

    def refusal(self, delivery: Delivery, secret: str, now: float) -> Refusal | None:
        """None where the three fields fit; each token is taken once (it is the delivery's id)."""
        fields = self.fields(delivery)
        if not all(fields.get(name) for name in ("timestamp", "token", "signature")):
            return Refusal("missing", "the fields timestamp, token and signature are missing")
        late = out_of_time(fields["timestamp"], "seconds", now, self.tolerance)
        if late is not None:
            return late
        return None if same(fields["signature"], self._signature(fields, secret)) else DIFFERS

    def sign(self, delivery: Delivery, secret: str, now: float) -> Delivery:
        """A url-encoded form with the three fields added."""
        fields = {"timestamp": written("seconds", now), "token": token_hex(25)}
        fields["signature"] = self._signature(fields, secret)
        body = delivery.body + (b"&" if delivery.body else b"") + urlencode(fields).encode()
        headers = {**delivery.headers, "content-type": "application/x-www-form-urlencoded"}
        return replace(delivery, body=body, headers=headers)

    def problem(self, secret: str) -> str | None:
        """The domain's signing key."""
        return None if secret.strip() else "the secret is empty"

    def new_secret(self) -> str:
        """In the form of a signing key."""
        return token_hex(16)

    def fields(self, delivery: Delivery) -> Mapping[str, str]:
        """The form's fields; of a JSON webhook the object `signature`."""
        if delivery.body.lstrip()[:1] == b"{":
            loaded = json_of(delivery.body)
            signature: object = loaded.get("signature") if isinstance(loaded, dict) else None
            return (
                {str(name): str(value) for name, value in signature.items()}
                if isinstance(signature, dict)
                else {}
            )
        found: dict[str, str] = {}
        for name, value in form_fields(delivery):
            found.setdefault(name, value)
        return found

    def _signature(self, fields: Mapping[str, str], secret: str) -> str:
        content = raw(fields["timestamp"] + fields["token"])
        return hmac.digest(raw(secret), content, sha256).hex()


@dataclass(frozen=True, slots=True)
class HubSpot:
    """v3 is an HMAC with a time; v1 and v2 are plain hashes of secret and content, taken only where v3 is not sent."""

    newest: Hmac

    def refusal(self, delivery: Delivery, secret: str, now: float) -> Refusal | None:
        """None where the newest signature that came fits."""
        if self.newest.headers[0] in delivery.headers:
            return self.newest.refusal(delivery, secret, now)
        given = delivery.header("x-hubspot-signature")
        if not given:
            return Refusal("missing", f"the header {self.newest.headers[0]} is missing")
        if json_of(delivery.body) is None:  # a plain hash could be continued by a stranger, but not as JSON
            return Refusal("malformed", "the body is not JSON")
        if delivery.header("x-hubspot-signature-version") == "v2":
            contents = [raw(delivery.method + url) + delivery.body for url in delivery.urls]
        else:
            contents = [delivery.body]
        expected = [sha256(raw(secret) + content).hexdigest() for content in contents]
        return None if any([same(given, each) for each in expected]) else DIFFERS  # noqa: C419

    def sign(self, delivery: Delivery, secret: str, now: float) -> Delivery:
        """As v3."""
        return self.newest.sign(delivery, secret, now)

    def problem(self, secret: str) -> str | None:
        """The app's client secret."""
        return self.newest.problem(secret)

    def new_secret(self) -> str:
        """In the form of a client secret."""
        return self.newest.new_secret()


@dataclass(frozen=True, slots=True)
class SendGrid:
    """ECDSA over timestamp and body; the secret is the public key that SendGrid shows, DER in base64."""

    signature_header: str = "x-twilio-email-event-webhook-signature"
    timestamp_header: str = "x-twilio-email-event-webhook-timestamp"

    def refusal(self, delivery: Delivery, secret: str, now: float) -> Refusal | None:  # noqa: ARG002 - retries keep the time
        """None where the signature fits."""
        given, stamp = delivery.header(self.signature_header), delivery.header(self.timestamp_header)
        if not given or not stamp:
            return Refusal("missing", f"the header {self.signature_header} is missing")
        key = self._key(secret)
        if key is None:
            return Refusal("untrusted", "the public key of this source cannot be read")
        try:
            key.verify(from_base64(given), raw(stamp) + delivery.body, ECDSA(SHA256()))
        except (InvalidSignature, ValueError):
            return DIFFERS
        return None

    def sign(self, delivery: Delivery, secret: str, now: float) -> None:  # noqa: ARG002
        """Only SendGrid has the private key."""
        return

    def problem(self, secret: str) -> str | None:
        """A public key on an elliptic curve."""
        return (
            None if self._key(secret) else "the secret is the verification key that SendGrid shows, in base64"
        )

    def new_secret(self) -> None:
        """Only SendGrid can make one."""
        return

    def _key(self, secret: str) -> EllipticCurvePublicKey | None:
        try:
            key = load_der_public_key(from_base64(secret))
        except (ValueError, UnsupportedAlgorithm):
            return None
        return key if isinstance(key, EllipticCurvePublicKey) else None
