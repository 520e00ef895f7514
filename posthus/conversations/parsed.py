"""What parsing a mail or a chat event yields: plain values, no behaviour."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

MAX_RAW_BYTES = 50 * 1024 * 1024
MAX_DEPTH = 100
MAX_PARTS = 1_000
MAX_REFERENCES = 200
MAX_ADDRESSES = 1_000
MAX_HEADER_CHARACTERS = 100_000
MAX_TEXT_CHARACTERS = 10_000_000


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox: display name (may be empty) and address as written (may lack an @)."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A decoded part that is not the shown body; `name` is never a path and never empty."""

    name: str
    content_type: str
    content: bytes
    content_id: str | None
    inline: bool


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters of a message's text."""

    kind: Literal["new", "quote", "signature"]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """One mail.

    message_id: without <>, or `sha256:<hex of the raw message>` when the mail has none.
    reference_ids: every id that ties the mail to others, own id first, at most MAX_REFERENCES.
    date: aware, UTC, as the sender claims it (not clamped); None when unreadable.
    text: all that a reader sees, from text/plain parts or made from HTML; line feeds only.
    html: the decoded HTML body as sent (not sanitised).
    headers_only: the body could not be read within the limits; the raw message is still whole.
    """

    message_id: str
    reference_ids: tuple[str, ...]
    in_reply_to: str | None
    subject: str
    date: datetime | None
    from_: Address | None
    original_from: Address | None
    reply_to: tuple[Address, ...]
    sender: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    text: str
    html: str | None
    attachments: tuple[Attachment, ...]
    list_id: str | None
    list_post: str | None
    auto_submitted: bool
    bulk: bool
    is_reply: bool
    defects: tuple[str, ...]
    headers_only: bool


@dataclass(frozen=True, slots=True)
class ParsedChat:
    """One chat line or form answer; keys are the provider's own, None where it gave none."""

    channel: Literal["chat", "form"]
    conversation_key: str | None
    message_key: str | None
    subject: str
    text: str
    from_name: str
    from_address: str | None
    from_phone: str | None
    from_external_id: str | None
    company_name: str | None
    sent_at: datetime | None
    direction: Literal["in", "out"]
    defects: tuple[str, ...]
    automatic: bool = False
