"""Every provider, one row each. Sources of the facts: the providers' own pages, see docs/intake.md."""

from collections.abc import Mapping

from posthus.intake.providers.hmacs import Hmac
from posthus.intake.providers.preset import Manner, Preset
from posthus.intake.providers.proofs import (
    BasicAuthorization,
    HubSpot,
    Mailgun,
    SendGrid,
    StandardWebhooks,
    Token,
    Twilio,
)
from posthus.intake.providers.sns import Sns

MAIL = 50_000_000  # bytes; services that forward mail take 25 to 40 MB and encode it
DAY = 86_400
WOTNOT = Token(
    ("x-wotnot-token", "x-verification-token", "token"), ("token", "verification_token", "verify_token", "challenge")
)  # fmt: skip
_AT_LATEST = Manner(unverified="retry")  # a 4xx would lose the delivery for ever
_EMPTY = Manner(body="empty")

_STANDARD = Hmac(
    ("webhook-signature",), "{id}.{timestamp}.{body}", encoding="base64", prefix="v1,", form="list", key="whsec",
    id_header="webhook-id", timestamp_header="webhook-timestamp", tolerance=300,
)  # fmt: skip
_HUBSPOT = Hmac(
    ("x-hubspot-signature-v3",), "{method}{url}{body}{timestamp}", encoding="base64",
    timestamp_header="x-hubspot-request-timestamp", clock="milliseconds", tolerance=300,
)  # fmt: skip
_ROWS = (
    Preset(
        "generic", Hmac(("x-signature", "x-posthus-signature"), prefix="sha256="), ("header:idempotency-key",),
        made_by="us", optional=True, manner=Manner(202, busy=429),
    ),
    Preset(
        "generic-token", Token(), ("header:idempotency-key",), made_by="us", manner=Manner(202, busy=429),
    ),
    Preset(
        "basic-auth", BasicAuthorization(), ("header:idempotency-key",), made_by="us", manner=Manner(202, busy=429),
    ),
    Preset(
        "standard-webhooks", StandardWebhooks(_STANDARD), ("header:webhook-id",), manner=Manner(202, busy=429),
    ),
    Preset(
        "stripe", Hmac(("stripe-signature",), "{timestamp}.{body}", prefix="v1=", form="pairs", tolerance=300),
        ("json:id",),
    ),
    Preset(
        "github", Hmac(("x-hub-signature-256",), prefix="sha256="), ("header:x-github-delivery",),
        kind="x-github-event", made_by="us", largest=25_000_000, manner=Manner(202),
    ),
    Preset(
        "shopify", Hmac(("x-shopify-hmac-sha256",), encoding="base64"), ("header:x-shopify-webhook-id",),
        kind="x-shopify-topic", manner=Manner(200, "empty", "quarantine"),
    ),
    Preset(
        "slack", Hmac(
            ("x-slack-signature",), "v0:{timestamp}:{body}", prefix="v0=",
            timestamp_header="x-slack-request-timestamp", tolerance=300,
        ),
        ("json:event_id", "form:trigger_id"), handshake="slack", manner=_EMPTY,
    ),
    Preset(
        "twilio", Twilio(), ("header:i-twilio-idempotency-token", "form:MessageSid", "form:CallSid"),
        manner=Manner(200, "twiml"),
    ),
    Preset(
        "sendgrid", SendGrid(), ("json:sg_event_id",), optional=True, largest=MAIL, manner=_AT_LATEST,
    ),
    Preset("mailgun", Mailgun(tolerance=DAY), ("form:token", "json:signature.token"), largest=MAIL),
    Preset(
        "postmark", Token(("x-postmark-token",)), ("json:MessageID",), made_by="us", optional=True, largest=MAIL,
    ),
    Preset("ses", Sns({}), ("json:MessageId",), handshake="sns", largest=1_000_000, manner=Manner(unverified="retry")),
    Preset(
        "intercom", Hmac(("x-hub-signature",), algorithm="sha1", prefix="sha1="), ("json:id",),
        pings=("HEAD", "GET"), manner=Manner(200, "empty", busy=429),
    ),
    Preset(
        "zendesk", Hmac(
            ("x-zendesk-webhook-signature",), "{timestamp}{body}", encoding="base64",
            timestamp_header="x-zendesk-webhook-signature-timestamp", clock="iso", tolerance=3_600,
        ),
        ("header:x-zendesk-webhook-invocation-id", "json:id"), manner=Manner(busy=429),
    ),
    Preset("hubspot", HubSpot(_HUBSPOT), ("json:eventId",), manner=Manner(200, "empty", "retry", 429)),
    Preset(
        "typeform", Hmac(("typeform-signature",), encoding="base64", prefix="sha256="),
        ("json:event_id", "json:form_response.token"), made_by="us", manner=Manner(busy=429),
    ),
    Preset(
        "woocommerce", Hmac(("x-wc-webhook-signature",), encoding="base64"), (), kind="x-wc-webhook-topic",
        made_by="us", manner=Manner(200, "json", "quarantine"),
    ),
    Preset(
        "meta", Hmac(("x-hub-signature-256",), prefix="sha256="), (), handshake="meta", manner=_EMPTY,
    ),
    Preset(
        "wotnot", WOTNOT, (), made_by="us", optional=True, handshake="wotnot", manner=Manner(200, "token"),
    ),
    Preset(
        "trengo", Hmac(("trengo-signature",), "{timestamp}.{body}", form="semicolon", tolerance=DAY), (),
    ),
    Preset(
        "dixa", Hmac(
            ("x-dixa-signature",), "{timestamp}.{body}", prefix="v1=", form="pairs", key="hex",
            clock="milliseconds", tolerance=DAY,
        ),
        ("json:event_id",),
    ),
    Preset(
        "e-conomic", Token(), (), made_by="us", optional=True, methods=("POST", "GET"), pings=("HEAD",),
        repeats_within=60,
    ),
)  # fmt: skip

PRESETS: Mapping[str, Preset] = {row.name: row for row in _ROWS}
