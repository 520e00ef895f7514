"""What an event means, as plain values ready to be saved: a message, who wrote it, which company that is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from posthus.conversations.details import read_details
from posthus.conversations.parsed import Address, Attachment, Span
from posthus.conversations.quotes import new_text
from posthus.conversations.senders import domain_of, is_public_mail_domain
from posthus.conversations.subjects import walk
from posthus.database.identifiers import received_at
from posthus.jobs import EventId, MessageId, SourceId, WorkspaceId

SNIPPET_CHARACTERS = 200
IMPORTED_YEARS = 40
LIVE_DAYS = 30
SPACE = re.compile(r"\s+")
NOT_DIGIT = re.compile(r"\D+")

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event with what its source and workspace say about reading it; `body` is as it was received (codec 0)."""

    id: EventId
    workspace_id: WorkspaceId
    source_id: SourceId
    kind: Literal["webhook", "mail"]
    headers: dict[str, str]
    envelope: dict[str, object]
    codec: int
    size: int
    body: bytes
    source_kind: Literal["webhook", "smtp", "imap", "import"]
    provider: str
    source_address: str | None
    settings: dict[str, object]
    domains: list[str]
    language: str

    @property
    def received_at(self) -> datetime:
        """When it was received, in UTC."""
        return received_at(self.id)

    def is_ours(self, address: str) -> bool:
        """Whether an address belongs to the workspace itself."""
        return address.lower() == self.source_address or domain_of(address) in self.domains


@dataclass(frozen=True, slots=True)
class Person:
    """Who a message is from or to: keys are (kind, address), the surest first.

    phones and title were read from the signature: they describe the person, but nobody is found by them.
    """

    keys: tuple[Key, ...]
    name: str
    company_keys: tuple[Key, ...] = ()
    company_name: str = ""
    phones: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """One message before it is saved; `references` are the ids that tie it to others, its own_references first."""

    id: MessageId
    event: StoredEvent
    position: int
    channel: Literal["email", "chat", "form"]
    direction: Literal["in", "out"]
    message_id: str | None
    subject: str
    is_reply: bool
    sender: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    sent_at: datetime
    text: str
    spans: tuple[Span, ...]
    language: str
    references: tuple[str, ...]
    person: Person | None
    own_references: int = 1
    thread_index: UUID | None = None
    attachments: tuple[Attachment, ...] = ()
    html: str | None = None
    list_id: str | None = None
    automatic: bool = False
    bulk: bool = False
    headers_only: bool = False
    defects: tuple[str, ...] = ()

    @property
    def topic(self) -> str:
        """The subject as a conversation shows it, without Re: and list tags."""
        return self.subject[walk(self.subject)[0] :].strip() or self.subject

    @property
    def own_words(self) -> str:
        """What the sender wrote; the whole text where nothing in it counts as new."""
        return new_text(self.text, self.spans) or self.text

    @property
    def snippet(self) -> str:
        """The beginning of it on one line."""
        return SPACE.sub(" ", self.own_words[: SNIPPET_CHARACTERS * 4]).strip()[:SNIPPET_CHARACTERS]


def believable(claimed: datetime | None, event: StoredEvent) -> datetime:
    """When a message was sent: as it says, within bounds; when it was received where it says nothing.

    Imports and mailboxes bring years of mail, so only absurd dates are moved. Live mail from a machine with a
    wrong clock would sink out of sight, so it is at most 30 days old.
    """
    received = event.received_at
    if claimed is None:
        return received
    if event.source_kind in ("import", "imap"):
        earliest = received - timedelta(days=365 * IMPORTED_YEARS)
    else:
        earliest = received - timedelta(days=LIVE_DAYS)
    return min(max(claimed.astimezone(UTC), earliest), received + timedelta(minutes=5))


def mail_person(address: Address, event: StoredEvent, signature: str = "") -> Person | None:
    """The person behind a mail address, with what their signature says; None for one of our own."""
    written = address.address.strip().lower()[:320]
    domain = domain_of(written)
    if domain is None or event.is_ours(written):
        return None
    public = is_public_mail_domain(domain)
    said = read_details(signature, None if public else domain)
    company: list[Key] = [("cvr", said.cvr)] if said.cvr else []
    if not public:
        company.append(("domain", domain))
    return Person(
        (("email", written),),
        address.name.strip()[:200],
        tuple(company),
        said.company if company else "",
        said.phones,
        said.title,
    )


def first_stranger(addresses: Sequence[Address], event: StoredEvent) -> Person | None:
    """The first recipient who is not one of our own: whom an outgoing message is for."""
    people = (mail_person(address, event) for address in addresses)
    return next((person for person in people if person is not None), None)


def phone_key(written: str) -> Key | None:
    """A phone number in one form: + and country code, eight digits being Danish; None when too short to be one."""
    digits = NOT_DIGIT.sub("", written)
    if len(digits) < 6 or len(digits) > 15:
        return None
    if written.strip().startswith("+"):
        return ("phone", f"+{digits}")
    if digits.startswith("00"):
        return ("phone", f"+{digits[2:]}")
    return ("phone", f"+45{digits}" if len(digits) == 8 else digits)
