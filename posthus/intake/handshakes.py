"""What providers ask before they send: challenges, tokens to repeat, and whether anybody is there."""

import json
from urllib.parse import parse_qs

from posthus.intake.answers import JSON, TEXT, Answer, Head, problem
from posthus.intake.inbox import storable
from posthus.intake.providers.delivery import Delivery, json_of
from posthus.intake.providers.proofs import same
from posthus.intake.providers.table import WOTNOT
from posthus.intake.sources import Source

_LARGEST_CHALLENGE = 10_000  # bytes


def answer_without_body(source: Source, head: Head) -> Answer | None:
    """The answer to a request that brings nothing, None where it is a delivery or no request of this provider's."""
    preset = source.preset
    if preset.handshake == "meta" and head.method == "GET":
        return _meta(source, head)
    if preset.handshake == "wotnot" and head.method == "GET":
        return echo(source, Delivery(head.headers, b"", "GET", query=head.query))
    if head.method in preset.pings:
        return Answer(200, b"", (TEXT,))
    return None


def challenge_in(source: Source, delivery: Delivery) -> Answer | None:
    """Slack's challenge, sent back; the delivery has been verified before."""
    if source.preset.handshake != "slack" or len(delivery.body) > _LARGEST_CHALLENGE:
        return None
    if b"url_verification" not in delivery.body:
        return None
    shape = json_of(delivery.body)
    if not isinstance(shape, dict) or shape.get("type") != "url_verification":
        return None
    return Answer(200, storable(str(shape.get("challenge", ""))).encode(), (TEXT,))


def echo(source: Source, delivery: Delivery, event_id: str | None = None) -> Answer:
    """The token that came along, else the source's own, repeated."""
    token = next(iter(WOTNOT.presented(delivery)), source.token or "")
    shape = {"token": storable(token)} | ({"id": event_id} if event_id else {})
    return Answer(200, json.dumps(shape).encode(), (JSON,))


def _meta(source: Source, head: Head) -> Answer:
    asked = parse_qs(head.query, max_num_fields=50) if head.query.count("&") < 50 else {}
    token, challenge = (asked.get(f"hub.{name}", [""])[0] for name in ("verify_token", "challenge"))
    if not same(token, source.token or ""):
        return problem(403, "the verify token is not the one shown for this source")
    return Answer(200, storable(challenge).encode(), (TEXT,))
