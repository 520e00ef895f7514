"""What each provider's webhooks look like: one row per provider, read by the verifier and the HTTP answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

# Every provider that Posthus knows by name; those without a row in PRESETS are refused until they have one.
PROVIDERS = (
    "generic",
    "standard-webhooks",
    "github",
    "wotnot",
    "stripe",
    "shopify",
    "slack",
    "twilio",
    "sendgrid",
    "mailgun",
    "postmark",
    "ses",
    "intercom",
    "zendesk",
    "hubspot",
    "typeform",
    "woocommerce",
    "meta",
    "trengo",
    "dixa",
    "e-conomic",
)


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a delivery is signed with HMAC-SHA256; header names are lower case.

    `signed` lists what is joined with full stops before signing: "id", "timestamp" and "body".
    """

    signature_headers: tuple[str, ...]
    encoding: Literal["hex", "base64"]
    prefix: str
    signed: tuple[Literal["id", "timestamp", "body"], ...]
    key_form: Literal["text", "whsec"] = "text"
    several: bool = False  # a list of signatures, separated by spaces; one that fits is enough
    id_header: str | None = None
    timestamp_header: str | None = None
    tolerance_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Preset:
    """One provider: its signature, where its delivery id is, and how it wants to be answered."""

    name: str
    scheme: Scheme | None = None
    id_header: str | None = None
    type_header: str | None = None
    echoes_token: bool = False  # answer 200 and repeat the token, or the provider gives the address up


PRESETS: Mapping[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            name="generic",
            scheme=Scheme(
                signature_headers=("x-signature", "x-posthus-signature"),
                encoding="hex",
                prefix="sha256=",
                signed=("body",),
            ),
            id_header="idempotency-key",
        ),
        Preset(
            name="standard-webhooks",
            scheme=Scheme(
                signature_headers=("webhook-signature",),
                encoding="base64",
                prefix="v1,",
                signed=("id", "timestamp", "body"),
                key_form="whsec",
                several=True,
                id_header="webhook-id",
                timestamp_header="webhook-timestamp",
                tolerance_seconds=300,
            ),
            id_header="webhook-id",
        ),
        Preset(
            name="github",
            scheme=Scheme(
                signature_headers=("x-hub-signature-256",),
                encoding="hex",
                prefix="sha256=",
                signed=("body",),
            ),
            id_header="x-github-delivery",
            type_header="x-github-event",
        ),
        Preset(name="wotnot", echoes_token=True),
    )
}
