"""The table of readers, and the one way in: a webhook's body to its messages; never raises, never empty."""

from collections.abc import Iterable, Mapping
from itertools import islice

from posthus.conversations.charsets import decode
from posthus.conversations.chats import (
    DEFAULT_MAPPING,
    MAX_CHARACTERS,
    Draft,
    parse_json_mapping,
    parse_wotnot,
)
from posthus.conversations.payloads import chatting, mails, selling
from posthus.conversations.payloads.payload import MOST_MESSAGES, Found, Reader, chat, take_apart
from posthus.telemetry import log

READERS: Mapping[str, Reader] = {
    "dixa": chatting.dixa,
    "e-conomic": selling.e_conomic,
    "github": selling.github,
    "hubspot": selling.hubspot,
    "intercom": chatting.intercom,
    "mailgun": mails.mailgun,
    "meta": chatting.meta,
    "postmark": mails.postmark,
    "sendgrid": mails.sendgrid,
    "ses": mails.ses,
    "shopify": selling.shopify,
    "slack": chatting.slack,
    "stripe": selling.stripe,
    "trengo": chatting.trengo,
    "twilio": chatting.twilio,
    "typeform": selling.typeform,
    "woocommerce": selling.woocommerce,
    "zendesk": chatting.zendesk,
}
# What a provider's payload may raise in a reader in spite of all care; the event is shown as it came then.
_SURPRISES = (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError, OverflowError)


def read_webhook(
    provider: str, headers: Mapping[str, str], raw: bytes, mapping: Mapping[str, str] | None
) -> tuple[Found, ...]:
    """The messages of a body, by the provider's reader or, for others and where a mapping is set, by names of fields."""
    if provider == "wotnot":
        return parse_wotnot(raw)
    reader = READERS.get(provider)
    if reader is None or mapping:
        return _mapped(headers, raw, {**DEFAULT_MAPPING, **(mapping or {})})
    payload = take_apart(provider, headers, raw)
    if payload.content is None:
        return (_unread(raw, payload.defects),)
    try:
        found = tuple(islice(reader(payload), MOST_MESSAGES + 1))
    except _SURPRISES as error:
        log("payload_not_understood", provider=provider, error=type(error).__name__)
        return (_unread(raw, ("not_understood",)),)
    return _bounded(found) or (_unread(raw, ("nothing_in_it",)),)


def _mapped(headers: Mapping[str, str], raw: bytes, mapping: Mapping[str, str]) -> tuple[Found, ...]:
    payload = take_apart("generic", headers, raw)
    if headers.get("content-type", "").startswith("multipart/") and payload.content:
        return (parse_json_mapping(raw, mapping, payload.content),)
    return (parse_json_mapping(raw, mapping),)


def _unread(raw: bytes, defects: Iterable[str]) -> Found:
    draft = Draft({"text": decode(raw[:MAX_CHARACTERS], None)}, list(defects))
    return draft.finish("form")


def _bounded(found: tuple[Found, ...]) -> tuple[Found, ...]:
    if len(found) <= MOST_MESSAGES:
        return found
    more = chat(
        "form",
        {"text": f"Only the first {MOST_MESSAGES} messages of this delivery are shown."},
        automatic=True,
    )
    return (*found[:MOST_MESSAGES], more)
