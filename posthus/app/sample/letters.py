"""Writes the bytes of a mail: headers, alternatives, inline logo, attachments."""

from collections.abc import Iterable
from datetime import datetime
from email.headerregistry import Address, BaseHeader
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from posthus.app.sample.attached import file_bytes, media_type, picture
from posthus.app.sample.replies import Letter
from posthus.app.sample.script import Attachment, Person

if TYPE_CHECKING:
    Mail: TypeAlias = EmailMessage[BaseHeader, object]

# The name each program gives itself, by header.
PROGRAM_HEADERS = {
    "outlook": ("X-Mailer", "Microsoft Outlook 16.0"),
    "apple": ("X-Mailer", "Apple Mail (2.3826.200.121)"),
    "iphone": ("X-Mailer", "iPhone Mail (22B91)"),
    "thunderbird": ("User-Agent", "Mozilla Thunderbird"),
}


def letter_id(conversation: str, number: int, sender: Person) -> str:
    """The same Message-ID for the same place in the same conversation, in the sender's program's manner."""
    digest = sha256(f"{conversation}/{number}".encode()).hexdigest()
    domain = sender.address.split("@")[1]
    if sender.program == "gmail":
        return f"<CAD{digest[:24]}@mail.{domain}>"
    if sender.program == "outlook":
        return f"<{digest[:20].upper()}@{domain}>"
    unique = str(UUID(digest[:32]))
    return f"<{unique.upper() if sender.program in ('apple', 'iphone') else unique}@{domain}>"


def mail_bytes(
    letter: Letter, options: dict[str, str], attachments: Iterable[Attachment], now: datetime
) -> bytes:
    """RFC 5322 with CRLF; the same bytes for the same input (boundaries and content ids are derived)."""
    mail: Mail = EmailMessage(policy=SMTP)
    _write_headers(mail, letter, options)
    _write_bodies(mail, letter, options)
    for attachment in attachments:
        main, sub = media_type(attachment.name)
        content = file_bytes(attachment, now)
        parameters = {"method": "REQUEST", "charset": "utf-8"} if sub == "calendar" else {"charset": "utf-8"}
        mail.add_attachment(
            content,
            maintype=main,
            subtype=sub,
            filename=attachment.name,
            params=parameters if main == "text" else None,
        )
    _fix_boundaries(mail, letter.message_id)
    return mail.as_bytes()


def _write_headers(mail: "Mail", letter: Letter, options: dict[str, str]) -> None:
    mail["Date"] = format_datetime(letter.sent_at)
    mail["From"] = _address(letter.sender)
    mail["To"] = tuple(_address(person) for person in letter.to)
    if letter.cc:
        mail["Cc"] = tuple(_address(person) for person in letter.cc)
    mail["Subject"] = letter.subject
    mail["Message-ID"] = letter.message_id
    if letter.references and options.get("ids") != "none":
        mail["In-Reply-To"] = letter.references[-1]
        if options.get("ids") != "parent":
            mail["References"] = " ".join(letter.references)
    program = options.get("via", letter.sender.program)
    if program in PROGRAM_HEADERS:
        name, value = PROGRAM_HEADERS[program]
        mail[name] = value
    if options.get("kind") == "auto":
        mail["Auto-Submitted"] = "auto-replied"
        mail["X-Auto-Response-Suppress"] = "All"
    if options.get("kind") == "bulk":
        domain = letter.sender.address.split("@")[1]
        mail["List-Id"] = f"<nyhedsbrev.{domain}>"
        mail["List-Unsubscribe"] = f"<mailto:afmeld@{domain}>"
        mail["Precedence"] = "bulk"


def _address(person: Person) -> Address:
    return Address(display_name=person.name, addr_spec=person.address)


def _write_bodies(mail: "Mail", letter: Letter, options: dict[str, str]) -> None:
    text = letter.text + "\n"
    program = options.get("via", letter.sender.program)
    charset = "windows-1252" if program == "outlook" and _fits(text, "windows-1252") else "utf-8"
    plain = program in ("plain", "iphone", "thunderbird") and text.count("\n") % 2 == 0
    mail.set_content(text, charset=charset, cte="8bit" if plain else "quoted-printable")
    if not letter.sender.html or options.get("html") == "no" or program in ("plain", "iphone"):
        return
    page = f'<html><head><meta charset="utf-8"></head><body>\n{letter.html}\n</body></html>\n'
    mail.add_alternative(
        page, subtype="html", charset="utf-8", cte="base64" if program == "gmail" else "quoted-printable"
    )
    html = mail.get_body(("html",))
    if "cid:" in letter.html and isinstance(html, MIMEPart):
        for content_id in logo_ids(letter.html):
            html.add_related(
                picture("logo"),
                "image",
                "png",
                cid=f"<{content_id}>",
                filename="logo.png",
                disposition="inline",
            )


def logo_ids(html: str) -> list[str]:
    """The content ids a page shows, each once, in order."""
    return list(dict.fromkeys(piece.split('"')[0] for piece in html.split('src="cid:')[1:]))


def _fits(text: str, charset: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _fix_boundaries(mail: "Mail", seed: str) -> None:
    digest = sha256(seed.encode()).hexdigest()[:20]
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_posthus_{digest}_{number}")


def bounce_bytes(letter: Letter, about: Letter, lost: str) -> bytes:
    """A delivery status notification (RFC 3464) about a mail that could not be delivered to `lost`."""
    boundary = f"=_bounce_{sha256(letter.message_id.encode()).hexdigest()[:20]}"
    lines = [
        f"Date: {format_datetime(letter.sent_at)}",
        f"From: {letter.sender.name} <{letter.sender.address}>",
        f"To: <{letter.to[0].address}>",
        f"Subject: {letter.subject}",
        f"Message-ID: {letter.message_id}",
        f"In-Reply-To: {about.message_id}",
        f"References: {about.message_id}",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"',
        "",
        f"--{boundary}",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        letter.text,
        "",
        f"--{boundary}",
        "Content-Type: message/delivery-status",
        "",
        f"Reporting-MTA: dns; {letter.sender.address.split('@')[1]}",
        "",
        *(f"Final-Recipient: rfc822; {lost}", "Action: failed", "Status: 5.1.1"),
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown",
        "",
        f"--{boundary}",
        "Content-Type: text/rfc822-headers",
        "",
        f"From: <{about.sender.address}>",
        f"To: <{lost}>",
        f"Message-ID: {about.message_id}",
        "",
        f"--{boundary}--",
        "",
    ]
    return "\n".join(lines).replace("\n", "\r\n").encode()
