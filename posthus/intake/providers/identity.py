"""What tells a repeated delivery from a new one."""

from hashlib import sha256
from itertools import islice

from posthus.intake.providers.delivery import Delivery, form_fields, json_of, raw
from posthus.intake.providers.preset import Preset

_MOST_IDS = 10_000  # in one body
_LARGEST_JSON = 5_000_000  # bytes; a larger body is told apart by its bytes


def idempotency_key(preset: Preset, delivery: Delivery, now: float) -> bytes:
    """32 bytes that are the same for a delivery and its repetitions: of the provider's id, else of the body."""
    for place in preset.ids:
        found = _at(place, delivery)
        if found:
            return sha256(b"id\0" + raw(found)).digest()
    kind = delivery.header(preset.kind) if preset.kind else ""
    # Where the same request is sent again and again, only those of one moment are the same.
    moment = str(int(now // preset.repeats_within)) if preset.repeats_within else ""
    return sha256(b"body\0" + raw(f"{kind}{moment}") + b"\0" + delivery.body).digest()


def _at(place: str, delivery: Delivery) -> str:
    where, _, name = place.partition(":")
    if where == "header":
        return delivery.header(name)
    if where == "form":
        return next((value for key, value in form_fields(delivery) if key == name), "")
    if len(delivery.body) > _LARGEST_JSON or delivery.body.lstrip()[:1] not in (b"{", b"["):
        return ""
    loaded = json_of(delivery.body)
    elements = loaded if isinstance(loaded, list) else [loaded]
    ids = [_below(element, name) for element in islice(elements, _MOST_IDS)]
    return "\0".join(ids) if all(ids) else ""


def _below(value: object, path: str) -> str:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return str(value) if isinstance(value, str | int) else ""
