"""Amazon SNS (which brings SES mail): RSA signatures by a certificate that is fetched from Amazon alone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.x509 import load_pem_x509_certificate

from posthus.intake.providers.delivery import Delivery, Refusal, json_of
from posthus.intake.providers.hmacs import DIFFERS, out_of_time
from posthus.intake.providers.proofs import from_base64

# Only these hosts are ever asked for a certificate or told that a subscription is wanted.
AMAZON = re.compile(r"sns\.[a-z0-9-]{3,40}\.amazonaws\.com(\.cn)?")
_CERTIFICATE = re.compile(r"https://([a-z0-9.-]+)/SimpleNotificationService-[0-9a-f]{16,64}\.pem")
_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]{1,256}")
_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_SUBSCRIPTION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
CONFIRMATIONS = ("SubscriptionConfirmation",)
TOLERANCE = 3600 * 24  # seconds; a delivery policy retries within the hour, a dead-letter queue later


@dataclass(frozen=True, slots=True)
class Sns:
    """The secret is the topic's ARN, and nobody else's topic is believed; `certificates` are PEM by their URL."""

    certificates: Mapping[str, bytes]

    def refusal(self, delivery: Delivery, secret: str, now: float) -> Refusal | None:
        """None for what the topic sent, signed by a certificate of Amazon's."""
        fields = message_of(delivery.body)
        if not fields:
            return Refusal("malformed", "the body is no SNS message")
        if fields.get("TopicArn") != secret:
            return Refusal("untrusted", "the message is of another topic")
        late = out_of_time(fields.get("Timestamp", ""), "iso", now, TOLERANCE)
        if late is not None:
            return late
        pem = self.certificates.get(fields.get("SigningCertURL", ""))
        algorithm = {"1": SHA1(), "2": SHA256()}.get(fields.get("SignatureVersion", ""))  # noqa: S303 - what version 1 is
        if pem is None or algorithm is None:
            return Refusal(
                "untrusted", "the certificate is not Amazon's, or the signature of an unknown kind"
            )
        return None if verified(pem, fields, algorithm) else DIFFERS

    def sign(self, delivery: Delivery, secret: str, now: float) -> None:  # noqa: ARG002
        """Only Amazon has the private key."""
        return

    def problem(self, secret: str) -> str | None:
        """The ARN of a topic."""
        return None if _TOPIC.fullmatch(secret) else "the secret is the topic's ARN: arn:aws:sns:…"

    def new_secret(self) -> None:
        """The topic is made at Amazon."""
        return


def message_of(body: bytes) -> Mapping[str, str]:
    """The text fields of an SNS message; empty where it is none."""
    loaded = json_of(body)
    if not isinstance(loaded, dict) or not isinstance(loaded.get("TopicArn"), str):
        return {}
    return {name: value for name, value in loaded.items() if isinstance(value, str)}


def certificate_url(body: bytes) -> str | None:
    """Where the signing certificate lies, if that is at Amazon."""
    url = message_of(body).get("SigningCertURL", "")
    found = _CERTIFICATE.fullmatch(url)
    return url if found and AMAZON.fullmatch(found[1]) else None


def signed_text(fields: Mapping[str, str]) -> bytes:
    """What Amazon signs: the names and values of the message's kind, in order, a line each."""
    names = _NOTIFICATION if fields.get("Type") == "Notification" else _SUBSCRIPTION
    return "".join(f"{name}\n{fields[name]}\n" for name in names if name in fields).encode(
        "utf-8", "surrogatepass"
    )


def verified(pem: bytes, fields: Mapping[str, str], algorithm: HashAlgorithm) -> bool:
    """Whether the certificate's key signed the message."""
    try:
        key = load_pem_x509_certificate(pem).public_key()
        if not isinstance(key, RSAPublicKey):
            return False
        key.verify(from_base64(fields.get("Signature", "")), signed_text(fields), PKCS1v15(), algorithm)
    except (InvalidSignature, ValueError):
        return False
    return True
