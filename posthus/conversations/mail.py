"""A raw mail to its meaning; total: any bytes give a ParsedMail, and what was wrong is listed in it."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from posthus.conversations.addresses import parse_addresses
from posthus.conversations.bodies import Body, join_shown, read_body
from posthus.conversations.headers import (
    MAX_SUBJECT_CHARACTERS,
    Field,
    header_text,
    ids_in,
    parse_date,
    unfold,
)
from posthus.conversations.mime import Tree, read_tree, split_fields
from posthus.conversations.outlook import is_outlook, outlook_mail
from posthus.conversations.parsed import MAX_RAW_BYTES, MAX_REFERENCES, Address, Attachment, ParsedMail
from posthus.conversations.subjects import is_reply_subject
from posthus.conversations.transfer import decode_base64

MAX_HEADER_BYTES = 1_000_000
MAX_FORWARDED_DEPTH = 5
LIST_ID = re.compile(r"<([^<>\s]{1,300})>")
LIST_POST = re.compile(r"<mailto:([^<>?\s]{1,300})", re.IGNORECASE)


class Fields:
    """A mail's header fields by lower-case name."""

    __slots__ = ("values",)

    def __init__(self, fields: tuple[Field, ...]) -> None:
        self.values: dict[str, list[bytes]] = {}
        for name, value in fields:
            self.values.setdefault(name, []).append(value)

    def first(self, name: str) -> bytes | None:
        """The first field of a name."""
        return next(iter(self.all(name)), None)

    def all(self, name: str) -> Sequence[bytes]:
        """Every field of a name."""
        return self.values.get(name, ())

    def text(self, name: str) -> str:
        """The first field of a name as text; empty when absent."""
        return header_text(self.first(name))

    def addresses(self, name: str) -> tuple[Address, ...]:
        """The addresses of all fields of a name."""
        return tuple(address for value in self.all(name) for address in parse_addresses(value))

    def ids(self, name: str, *, bare: bool = False) -> list[str]:
        """The message ids of all fields of a name."""
        return [found for value in self.all(name) for found in ids_in(value, bare=bare)]


def own_ids(fields: Fields) -> list[str]:
    """The ids a mail calls itself, as sent and as rewritten on the way."""
    names = (
        "message-id",
        "x-original-message-id",
        "x-google-original-message-id",
        "x-microsoft-original-message-id",
    )
    return [found for name in names for found in fields.ids(name, bare=True)]


def returned_ids(tree: Tree) -> list[str]:
    """The id of the mail that a delivery report is about (RFC 3462)."""
    if tree.content_type != "multipart/report":
        return []
    for part in tree.leaves:
        if part.content_type in {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers"}:
            fields, _, _ = split_fields(
                part.body[:MAX_HEADER_BYTES], 0, min(len(part.body), MAX_HEADER_BYTES)
            )
            return Fields(fields).ids("message-id")
    return []


def usable_ids(candidates: list[str], addresses: set[str]) -> list[str]:
    """Without doubles, words that are no id, and mail addresses that old programs put there."""
    kept = dict.fromkeys(
        token for token in candidates if "@" in token and len(token) > 2 and token.casefold() not in addresses
    )
    return list(kept)


def capped(identifiers: list[str]) -> tuple[str, ...]:
    """Own id first, then the newest references: the first and the last MAX_REFERENCES - 1."""
    if len(identifiers) <= MAX_REFERENCES:
        return tuple(identifiers)
    return (identifiers[0], *identifiers[1 - MAX_REFERENCES :])


def thread_index(value: bytes | None) -> UUID | None:
    """The conversation's GUID in a Thread-Index: after a byte and five of time (MS-OXOMSG 2.2.1.3)."""
    decoded, _ = decode_base64(unfold(value or b"")[:400])
    return UUID(bytes=decoded[6:22]) if len(decoded) >= 22 and decoded[0] == 1 else None


def is_automatic(fields: Fields, content_type: str) -> bool:
    """Written by a machine (RFC 3834), including delivery reports."""
    declared = fields.text("auto-submitted").split(";")[0].strip().lower()
    if declared and declared != "no":
        return True
    if fields.first("x-autoreply") is not None or fields.first("x-autorespond") is not None:
        return True
    if fields.text("precedence").lower() == "auto_reply" or content_type == "multipart/report":
        return True
    return unfold(fields.first("return-path") or b"") == b"<>"


def is_bulk(fields: Fields) -> bool:
    """Sent to many: lists and newsletters."""
    if fields.text("precedence").lower() in {"bulk", "list", "junk"}:
        return True
    return any(fields.first(name) is not None for name in ("list-id", "list-unsubscribe", "list-post"))


def from_fields(raw: bytes, tree: Tree) -> ParsedMail:
    """Everything that the header says."""
    fields = Fields(tree.fields)
    senders, reply_to = fields.addresses("from"), fields.addresses("reply-to")
    to, cc = fields.addresses("to"), fields.addresses("cc")
    addresses = {one.address.casefold() for one in (*senders, *reply_to, *to, *cc)}
    own = usable_ids(own_ids(fields), addresses) or [f"sha256:{hashlib.sha256(raw).hexdigest()}"]
    answered = usable_ids(fields.ids("in-reply-to"), addresses)
    others = usable_ids([*fields.ids("references"), *returned_ids(tree), *answered], addresses)
    subject = fields.text("subject")
    list_id, list_post = LIST_ID.search(fields.text("list-id")), LIST_POST.search(fields.text("list-post"))
    original = (*fields.addresses("x-original-from"), *fields.addresses("x-original-sender"))
    return ParsedMail(
        message_id=own[0],
        reference_ids=capped(list(dict.fromkeys([*own, *others]))),
        in_reply_to=next((one for one in answered if one != own[0]), None),
        subject=subject[:MAX_SUBJECT_CHARACTERS],
        date=parse_date(fields.first("date")),
        from_=senders[0] if senders else None,
        original_from=original[0] if original else None,
        reply_to=reply_to,
        sender=next(iter(fields.addresses("sender")), None),
        to=to,
        cc=cc,
        text="",
        html=None,
        attachments=(),
        list_id=list_id.group(1).lower() if list_id else None,
        list_post=list_post.group(1).lower() if list_post else None,
        auto_submitted=is_automatic(fields, tree.content_type),
        bulk=is_bulk(fields),
        is_reply=is_reply_subject(subject),
        defects=(),
        headers_only=False,
        own_ids=len(own) if len(own) + len(others) <= MAX_REFERENCES else 1,
        thread_index=thread_index(fields.first("thread-index")),
    )


def text_without_body(body: Body) -> str:
    """What to show of a mail that has only attachments: a forwarded mail's text, or a text file's."""
    for _ in range(MAX_FORWARDED_DEPTH):
        inner = next((one for one in body.attachments if one.content_type == "message/rfc822"), None)
        if inner is None:
            break
        body = read_body(read_tree(inner.content))
        text, _ = join_shown(body)
        if text.strip():
            return text
    return "\n".join(body.other_text)


def name_forwarded(attachment: Attachment) -> Attachment:
    """A forwarded mail without a file name is called by its subject."""
    if attachment.content_type != "message/rfc822" or not attachment.name.startswith("attachment-"):
        return attachment
    fields, _, _ = split_fields(attachment.content, 0, min(len(attachment.content), MAX_HEADER_BYTES))
    subject = re.sub(r"[/\\:*?\"<>|\x00-\x1f]+", "_", Fields(fields).text("subject")).strip(" .")[:100]
    return replace(attachment, name=f"{subject}.eml") if subject else attachment


def parse_mail(raw: bytes) -> ParsedMail:
    """The mail in `raw`; never raises. Above MAX_RAW_BYTES only the header is read."""
    if len(raw) > MAX_RAW_BYTES:
        fields, _, _ = split_fields(raw[:MAX_HEADER_BYTES], 0, MAX_HEADER_BYTES)
        mail = from_fields(raw, Tree(fields=fields))
        return replace(mail, defects=("too_large",), headers_only=True)
    saved = outlook_mail(raw) if is_outlook(raw) else None
    tree = read_tree(raw if saved is None else saved)
    mail = from_fields(raw, tree)
    body = read_body(tree)
    text, page = join_shown(body)
    if not text.strip() and body.attachments:
        text = text_without_body(body)
    return replace(
        mail,
        text=text,
        html=page,
        attachments=tuple(name_forwarded(attachment) for attachment in body.attachments),
        defects=tuple(dict.fromkeys([*tree.defects, *body.defects])),
        headers_only=tree.cut and not text.strip(),
    )
