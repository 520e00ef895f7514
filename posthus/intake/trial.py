"""A test delivery, signed as the source's own sender would sign it and checked as every delivery is."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import uuid4

from posthus.intake.admission import Moment, doubt, event_of
from posthus.intake.inbox import Content, NewEvent
from posthus.intake.rotation import open_secrets
from posthus.intake.samples import Letter, sample
from posthus.intake.secrets import Keyring
from posthus.intake.sources import Source, SourceError


@dataclass(frozen=True, slots=True)
class Trial:
    """Who asks for a test, the keys to sign it with, and where this Posthus is reached."""

    name: str
    keyring: Keyring
    public_url: str = ""


def trial_event(source: Source, trial: Trial) -> NewEvent:
    """A new event of a source, to be passed to `receive`; never a repetition.

    Raises SourceError where the source's own proof would refuse it. What only the provider can sign goes unsigned.
    """
    now = datetime.now(UTC)
    letter = Letter(uuid4().hex, f"Test from Posthus: {source.name} works. Sent by {trial.name}.", now)
    if source.kind != "webhook":
        return _mail(source, letter)
    url = f"{trial.public_url}/in/{source.token}"
    delivery = replace(sample(source.provider, letter), urls=(url,))
    for secret in open_secrets(source, trial.keyring)[:1]:
        signed = source.preset.proof.sign(delivery, secret, now.timestamp())
        if signed is not None:
            delivery = signed
            refused = doubt((source, source.preset.proof), delivery, (secret,), now.timestamp())
            if refused is not None:
                raise SourceError(f"the test was refused: {refused.detail}")
    event = event_of(source, delivery, Moment(now.timestamp()))
    return replace(event, envelope={**event.envelope, "trial": True}, idempotency_key=letter.key.encode())


def _mail(source: Source, letter: Letter) -> NewEvent:
    address = source.address or letter.email
    mail = EmailMessage()
    mail["From"] = f"{letter.name} <{letter.email}>"
    mail["To"] = address
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(letter.at)
    mail["Message-ID"] = f"<{letter.key}@posthus.example>"
    mail.set_content(letter.text)
    envelope: dict[str, Content] = {"mail_from": letter.email, "recipients": [address], "trial": True}
    return NewEvent(source.workspace_id, source.id, "mail", mail.as_bytes(), envelope=envelope)
