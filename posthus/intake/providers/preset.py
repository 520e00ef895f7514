"""What is known of one provider: its proof, where its delivery id is, and how it wants to be answered."""

from dataclasses import dataclass
from typing import Literal

from posthus.intake.providers.delivery import Proof

Unverified = Literal["refuse", "retry", "quarantine"]
UNVERIFIED: tuple[Unverified, ...] = ("refuse", "retry", "quarantine")


@dataclass(frozen=True, slots=True)
class Manner:
    """How a provider takes answers.

    `accepted` says that an event is stored. `unverified` is what happens to a delivery that proves nothing:
    refused with 401, asked for again with 503 where a 4xx would lose it for ever, or kept aside with 2xx.
    `busy` is sent to a source over its rate: 429 only where the provider is known to come again after it.
    """

    accepted: int = 200
    body: Literal["json", "empty", "twiml", "token"] = "json"
    unverified: Unverified = "refuse"
    busy: Literal[429, 503] = 503


@dataclass(frozen=True, slots=True)
class Preset:
    """One provider.

    `ids` are the places of the delivery's id, the first that is there counts: `header:NAME`, `json:PATH` (of every
    element where the body is a list), `form:NAME`. Without one a delivery is told apart by its body and `kind`.
    `made_by` says who makes the secret; `optional` that the unguessable address alone may protect the source.
    """

    name: str
    proof: Proof
    ids: tuple[str, ...] = ()
    kind: str | None = None
    made_by: Literal["us", "them"] = "them"
    optional: bool = False
    handshake: Literal["none", "meta", "slack", "sns", "wotnot"] = "none"
    methods: tuple[str, ...] = ("POST",)
    pings: tuple[str, ...] = ()  # methods that only ask whether somebody is there
    repeats_within: int = 0  # seconds in which the same body is one event; 0 for as long as ids are known
    largest: int = 10_000_000  # bytes
    manner: Manner = Manner()
