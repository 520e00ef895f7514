"""One webhook delivery from its head to its answer: may it come in, is it stored, what does its provider want to hear."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from time import time
from typing import assert_never

from posthus.intake.admission import Moment, doubt, event_of, has_room_aside
from posthus.intake.amazon import Amazon
from posthus.intake.answers import JSON, TEXT, XML, Answer, Head, ReadBody, problem
from posthus.intake.group_commit import GroupCommit, IntakeFullError
from posthus.intake.handshakes import answer_without_body, challenge_in, echo
from posthus.intake.outbound import Outbound, OutboundError
from posthus.intake.providers.delivery import Delivery, Proof, Refusal
from posthus.intake.providers.sns import CONFIRMATIONS, Sns, message_of
from posthus.intake.rates import Rates
from posthus.intake.rejections import Tally
from posthus.intake.rotation import open_secrets
from posthus.intake.secrets import Keyring, Sealed
from posthus.intake.sources import Source
from posthus.telemetry import log

_NOTHING_TO_SAY = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What deliveries are checked with: keys for the secrets, our public address, the way out, the time."""

    keyring: Keyring
    public_url: str = ""
    outbound: Outbound = field(default_factory=Outbound)
    clock: Callable[[], float] = time


class Deliveries:
    """Takes deliveries for sources; belongs to one event loop."""

    def __init__(self, commit: GroupCommit, tally: Tally, around: Surroundings) -> None:
        self.commit = commit
        self.tally = tally
        self.around = around
        self.rates = Rates()
        self.amazon = Amazon(around.outbound)
        # Opening costs more than checking; sealed texts never mean anything else.
        self._opened = _Remembering(around.keyring)

    async def answer(self, source: Source, head: Head, read: ReadBody) -> Answer:
        """The answer to a request at a source's address; 2xx to a delivery only once its event is committed."""
        try:
            return await self._answer(source, head, read)
        except IntakeFullError:
            busy = source.preset.manner.busy
            return problem(busy, "more is waiting than can be stored; send it again")

    async def _answer(self, source: Source, head: Head, read: ReadBody) -> Answer:
        preset = source.preset
        early = answer_without_body(source, head)
        if early is not None:
            return early
        if head.method not in preset.methods:
            allowed = ", ".join(preset.methods)
            return problem(405, f"this address takes {allowed}", allow=allowed)
        if not source.per_minute:
            return await self._delivered(source, head, read)
        rate = self.rates.take(source.id, source.per_minute)
        if rate.allowed:
            answer = await self._delivered(source, head, read)
        else:
            self.tally.add(source.id, "too_many", f"more than {rate.quota} a minute")
            answer = problem(preset.manner.busy, f"this source may send {rate.quota} a minute")
        kept = tuple(each for each in answer.headers if rate.allowed or each[0] != "retry-after")
        return replace(answer, headers=(*kept, *rate.headers))

    async def _delivered(self, source: Source, head: Head, read: ReadBody) -> Answer:
        preset = source.preset
        body = await self._body(source, head, read)
        if isinstance(body, Answer):
            return body
        delivery = Delivery(head.headers, body, head.method, self._urls(head), head.query)
        refused = await self._doubt(source, delivery)
        if isinstance(refused, Refusal):
            return await self._unverified(source, delivery, refused, head.peer)
        if not body and preset.handshake == "wotnot":
            return echo(source, delivery)
        return challenge_in(source, delivery) or await self._stored(source, delivery, head.peer)

    async def _body(self, source: Source, head: Head, read: ReadBody) -> bytes | Answer:
        limit = source.max_bytes
        body = None if head.length is not None and head.length > limit else await read(limit)
        if body is None:
            self.tally.add(source.id, "too_large", f"more than {limit} bytes")
            return problem(413, f"this source takes {limit} bytes at most")
        may_be_empty = source.preset.handshake == "wotnot" or (head.query and "GET" in source.preset.methods)
        if not body and not may_be_empty:
            self.tally.add(source.id, "empty", "the body is empty")
            return problem(400, "the body is empty")
        return body

    async def _doubt(self, source: Source, delivery: Delivery) -> Refusal | None:
        proof: Proof = source.preset.proof
        if isinstance(proof, Sns):
            try:
                proof = Sns(await self.amazon.certificates_for(delivery.body))
            except OutboundError as error:
                return Refusal("untrusted", str(error))
        secrets = open_secrets(source, self._opened)
        return doubt((source, proof), delivery, secrets, self.around.clock())

    async def _unverified(self, source: Source, delivery: Delivery, refused: Refusal, peer: str) -> Answer:
        self.tally.add(source.id, refused.reason, refused.detail)
        if source.unverified == "quarantine" and has_room_aside(source):
            event = event_of(source, delivery, Moment(self.around.clock(), peer), refused)
            received = await self.commit.submit(event)
            log("delivery_kept_aside", source_id=source.id, event_id=received.event_id, reason=refused.reason)
            return _accepted(source, delivery, str(received.event_id))
        return problem(503 if source.unverified == "retry" else 401, refused.detail)

    async def _stored(self, source: Source, delivery: Delivery, peer: str) -> Answer:
        if isinstance(source.preset.proof, Sns) and message_of(delivery.body).get("Type") in CONFIRMATIONS:
            return await self._subscribed(source, delivery)
        received = await self.commit.submit(event_of(source, delivery, Moment(self.around.clock(), peer)))
        return _accepted(source, delivery, str(received.event_id))

    async def _subscribed(self, source: Source, delivery: Delivery) -> Answer:
        try:
            await self.amazon.confirm(delivery.body)
        except OutboundError as error:
            # Amazon asks again, and the visit can be made then.
            return problem(503, str(error))
        log("subscription_confirmed", source_id=source.id)
        return Answer(200, b'{"status":"confirmed"}', (JSON,))

    def _urls(self, head: Head) -> tuple[str, ...]:
        """What the sender may have called this address: our public one, or the host it asked for."""
        target = f"{head.path}{'?' + head.query if head.query else ''}"
        host = head.headers.get("host", "")
        ours = (f"{self.around.public_url}{target}",) if self.around.public_url else ()
        asked = (f"https://{host}{target}", f"http://{host}{target}") if host else ()
        return tuple(dict.fromkeys((*ours, *asked)))


class _Remembering(Keyring):
    """A ring that opens each sealed text once."""

    def __init__(self, keyring: Keyring) -> None:
        super().__init__(())
        self._open = lru_cache(2048)(keyring.open)

    def open(self, sealed: Sealed, about: str) -> str:
        """What was sealed."""
        return self._open(sealed, about)


def _accepted(source: Source, delivery: Delivery, event_id: str) -> Answer:
    manner = source.preset.manner
    match manner.body:
        case "json":
            return Answer(manner.accepted, b'{"id":"%s"}' % event_id.encode(), (JSON,))
        case "empty":
            return Answer(manner.accepted, b"", (TEXT,))
        case "twiml":
            return Answer(manner.accepted, _NOTHING_TO_SAY, (XML,))
        case "token":
            return echo(source, delivery, event_id)
        case _:
            assert_never(manner.body)
