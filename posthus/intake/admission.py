"""Whether a delivery may come in, and the event it becomes: pure, the same for real deliveries and for tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from posthus.intake.inbox import Content, NewEvent, storable
from posthus.intake.providers.delivery import Delivery, Proof, Refusal
from posthus.intake.providers.identity import idempotency_key
from posthus.intake.providers.preset import Preset
from posthus.intake.providers.proofs import Token
from posthus.intake.sources import Source

MOST_KEPT_ASIDE = 1_000  # events of one source; whoever knows an address cannot fill the disk
MOST_KEPT_ASIDE_BYTES = 256_000_000
_NEVER_KEPT = frozenset({"authorization", "cookie", "proxy-authorization"})
_NO_SECRET = Refusal("untrusted", "the secret of this source has not been entered yet")


@dataclass(frozen=True, slots=True)
class Moment:
    """When and from where: seconds since 1970, and the peer's address."""

    now: float
    peer: str = ""


def doubt(
    wanted: tuple[Source, Proof], delivery: Delivery, secrets: Sequence[str], now: float
) -> Refusal | None:
    """None for a delivery that one of the secrets proves, or that needs no proof; else why it is not believed."""
    source, proof = wanted
    if not secrets:
        return None if source.secret is None and source.preset.optional else _NO_SECRET
    # Every secret is tried, so that the time taken does not tell which one fits.
    doubts = [proof.refusal(delivery, secret, now) for secret in secrets]
    return None if None in doubts else doubts[0]


def event_of(source: Source, delivery: Delivery, moment: Moment, refused: Refusal | None = None) -> NewEvent:
    """The event of a delivery; one that was refused is kept aside, apart from the believed ones."""
    preset = source.preset
    query = _without_tokens(preset, delivery.query)
    key = idempotency_key(preset, delivery, moment.now)
    envelope: dict[str, Content] = {
        "peer": moment.peer,
        "query": storable(query),
        "provider": source.provider,
    }
    if delivery.method != "POST":
        envelope["method"] = storable(delivery.method)
    if refused is not None:
        envelope["quarantine"] = {"reason": refused.reason, "detail": refused.detail, "key": key.hex()}
        key = bytes(byte ^ 0xFF for byte in key)
    secret = set(preset.proof.headers) if isinstance(preset.proof, Token) else set()
    return NewEvent(
        workspace_id=source.workspace_id,
        source_id=source.id,
        kind="webhook",
        body=delivery.body or query.encode(),
        headers={
            name: value
            for name, value in delivery.headers.items()
            if name not in _NEVER_KEPT and name not in secret
        },
        envelope=envelope,
        idempotency_key=key,
    )


def has_room_aside(source: Source) -> bool:
    """Whether another event of the source may be kept aside."""
    return source.kept_aside < MOST_KEPT_ASIDE and source.kept_aside_bytes < MOST_KEPT_ASIDE_BYTES


def _without_tokens(preset: Preset, query: str) -> str:
    if not isinstance(preset.proof, Token) or not query:
        return query
    names = preset.proof.names
    return urlencode([pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] not in names])
