"""Which parts of a mail are its text, and which are attachments (RFC 8621, section 4.1.4; RFC 3676)."""

import re
from dataclasses import dataclass, field
from mimetypes import guess_type

from posthus.conversations.calendars import calendar_text
from posthus.conversations.charsets import decode, decode_html
from posthus.conversations.envelopes import PKCS7, is_encrypted, signed_content, without_armour
from posthus.conversations.headers import decode_words, parameter_text, split_parameters, unfold
from posthus.conversations.html import as_page, html_to_text
from posthus.conversations.mime import Part, Tree, read_tree
from posthus.conversations.parsed import MAX_PARTS, MAX_TEXT_CHARACTERS, Attachment
from posthus.conversations.tnef import Packed, PackedFile, read_tnef
from posthus.conversations.transfer import decode_transfer

UNSAFE_IN_NAME = re.compile(r"[\x00-\x1f\x7f<>:\"|?*\u202a-\u202e\u2066-\u2069]")
QUOTE_MARKS = re.compile(r"^>*")
TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
SUFFIXES = {
    "application/pdf": ".pdf",
    "application/pgp-signature": ".asc",
    "application/zip": ".zip",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "message/delivery-status": ".txt",
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/rfc822-headers": ".txt",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
}


@dataclass(slots=True)
class Shown:
    """One piece of the visible body, in document order; `page` is HTML."""

    alternative: int | None
    plain: str = ""
    page: str = ""


@dataclass(slots=True)
class Body:
    """What the leaves of a tree add up to."""

    shown: list[Shown] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    other_text: list[str] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)


def unflow(text: str, *, delete_space: bool) -> str:
    """format=flowed lines joined to paragraphs (RFC 3676, section 4)."""
    lines: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        depth = len(QUOTE_MARKS.match(line).group()) if line.startswith(">") else 0  # type: ignore[union-attr]
        content = line[depth:].removeprefix(" ")
        flowed = content.endswith(" ") and content != "-- "
        if flowed and delete_space:
            content = content[:-1]
        if open_depth == depth and content != "-- ":
            lines.append(content)
        else:
            lines.append("\n" + (">" * depth + " " if depth else "") + content)
        open_depth = depth if flowed else -1
    return "".join(lines)[1:]


def plain_text(part: Part, content: bytes) -> str:
    """A text part as the reader sees it, with line feeds only."""
    text = decode(content, charset_of(part)).replace("\r\n", "\n").replace("\r", "\n")
    if part.parameters.get("format", b"").lower() == b"flowed":
        delete_space = part.parameters.get("delsp", b"").lower() == b"yes"
        text = unflow(text, delete_space=delete_space)
    return without_armour(text[:MAX_TEXT_CHARACTERS])


def charset_of(part: Part) -> str:
    """The declared charset, up to the first space or comment."""
    declared = part.parameters.get("charset", b"").split()
    return declared[0].decode("latin-1") if declared else ""


def disposition_of(part: Part) -> tuple[str, str]:
    """`inline`, `attachment` or nothing, and the file name as sent."""
    kind, parameters = split_parameters(part.value("content-disposition") or b"")
    name = parameter_text(parameters.get("filename")) or parameter_text(part.parameters.get("name"))
    return kind, name


def safe_name(name: str, content_type: str, number: int) -> str:
    """A file name without a path, control or direction characters; never empty, at most 200 characters."""
    last = re.split(r"[/\\]", name)[-1]
    cleaned = UNSAFE_IN_NAME.sub("_", last).strip(" .")
    if len(cleaned) > 200:
        stem, dot, suffix = cleaned.rpartition(".")
        cleaned = stem[:180] + dot + suffix[:19] if dot and stem else cleaned[:200]
    return cleaned or f"attachment-{number}{SUFFIXES.get(content_type, '')}"


def is_shown(part: Part, kind: str, name: str) -> bool:
    """Whether a leaf is body: plain or HTML, not sent as a file."""
    if part.content_type not in {"text/plain", "text/html"} or kind == "attachment":
        return False
    return not name or (part.first and part.container != "multipart/related")


def content_of(part: Part) -> tuple[bytes, bytes]:
    """A leaf's decoded bytes, and clear text that a list put behind them."""
    encoding = unfold(part.value("content-transfer-encoding") or b"").decode("latin-1")
    return decode_transfer(part.body, encoding)


def add_leaf(body: Body, part: Part) -> None:
    """Files one leaf as body or attachment; what it wraps counts as well."""
    content, footer = content_of(part)
    kind, name = disposition_of(part)
    if (
        part.content_type in PKCS7 and is_encrypted(content)
    ) or part.content_type == "application/pgp-encrypted":
        body.defects.append("encrypted")
    if part.content_type in TNEF or name.lower() == "winmail.dat":
        packed = read_tnef(content)
        if packed is not None and not packed.is_empty:
            add_packed(body, part, packed)
            return
    if is_shown(part, kind, name):
        show_leaf(body, part, content, footer)
        return
    if len(body.attachments) >= MAX_PARTS:
        body.defects.append("too_many_parts")
        return
    if part.content_type.startswith("text/") and not body.other_text:
        text = plain_text(part, content)
        body.other_text.append(html_to_text(text) if part.content_type == "text/html" else text)
    if part.content_type == "text/calendar" and len(body.shown) < MAX_PARTS:
        body.shown.append(Shown(None, plain=calendar_text(plain_text(part, content))))
    identifier = unfold(part.value("content-id") or b"").strip(b"<> ")
    body.attachments.append(
        Attachment(
            name=safe_name(name, part.content_type, len(body.attachments) + 1),
            content_type=decode(part.content_type.encode("latin-1"), None)[:200],
            content=content,
            content_id=decode_words(identifier)[:500] or None,
            inline=kind == "inline" or (part.container == "multipart/related" and bool(identifier)),
        )
    )


def show_leaf(body: Body, part: Part, content: bytes, footer: bytes) -> None:
    """Files a leaf as a piece of the visible body."""
    if part.content_type == "text/html":
        page = decode_html(content, charset_of(part))[:MAX_TEXT_CHARACTERS]
        body.shown.append(Shown(part.alternative, page=page))
    else:
        text = plain_text(part, content)
        body.shown.append(Shown(part.alternative, plain=text))
        if "-----BEGIN PGP MESSAGE-----" in text:
            body.defects.append("encrypted")
    if footer.strip():
        body.shown.append(Shown(None, plain=plain_text(part, footer)))


def add_packed(body: Body, part: Part, packed: Packed) -> None:
    """Files what was in a winmail.dat as if it had been in the mail itself."""
    if packed.page:
        body.shown.append(Shown(part.alternative, page=packed.page[:MAX_TEXT_CHARACTERS]))
    elif packed.text.strip():
        text = packed.text.replace("\r\n", "\n").replace("\r", "\n")[:MAX_TEXT_CHARACTERS]
        body.shown.append(Shown(part.alternative, plain=text))
    files = packed.files
    if packed.rtf and not packed.page and not packed.text.strip():
        files = [PackedFile("body.rtf", "application/rtf", content=packed.rtf), *files]
    for found in files[: MAX_PARTS - len(body.attachments)]:
        guessed = found.content_type or guess_type(found.name)[0] or "application/octet-stream"
        body.attachments.append(
            Attachment(
                name=safe_name(found.name, guessed, len(body.attachments) + 1),
                content_type=guessed[:200],
                content=found.content,
                content_id=found.content_id.strip("<> ")[:500] or None,
                inline=bool(found.content_id),
            )
        )


def read_body(tree: Tree) -> Body:
    """Bodies and attachments of a tree; of a signed mail, of what the signature wraps."""
    body = Body()
    for part in tree.leaves:
        wrapped = signed_content(content_of(part)[0]) if part.content_type in PKCS7 else None
        for leaf in (part,) if wrapped is None else read_tree(wrapped).leaves:
            add_leaf(body, leaf)
    return body


def join_shown(body: Body) -> tuple[str, str | None]:
    """The text (from HTML where an alternative has no usable plain twin) and the HTML, if there is any."""
    plain_twins = {piece.alternative for piece in body.shown if piece.plain.strip()}
    page_twins = {piece.alternative for piece in body.shown if piece.page.strip()}
    texts, pages = [], []
    for piece in body.shown:
        if piece.page:
            pages.append(piece.page)
            if piece.alternative is None or piece.alternative not in plain_twins:
                texts.append(html_to_text(piece.page))
        elif piece.plain:
            texts.append(piece.plain)
            if piece.plain.strip() and (piece.alternative is None or piece.alternative not in page_twins):
                pages.append(as_page(piece.plain))
    page = "\n".join(pages) if page_twins else None
    return "\n".join(texts)[:MAX_TEXT_CHARACTERS], page
