"""Services that forward mail: Postmark, SendGrid, Mailgun and Amazon SES. Raw mail goes the way of every mail."""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Sequence
from hashlib import sha256

import orjson

from posthus.conversations.charsets import storable
from posthus.conversations.chats import as_text, at, first_text
from posthus.conversations.mail import parse_mail
from posthus.conversations.parsed import ParsedMail
from posthus.conversations.payloads.payload import Found, Part, Payload, chat, lines, objects, told

_TOKEN = re.compile(r"[A-Za-z0-9-]{1,76}")
_LINE_END = re.compile(r"[\r\n]+")
# Rebuilt with the mail's body, so what the original said of its own form no longer holds.
_FORM_HEADERS = ("content-type", "content-transfer-encoding", "mime-version", "content-length")
_NOTED = ("bounce", "dropped", "spamreport", "unsubscribe", "group_unsubscribe")
Header = tuple[str, str]


def postmark(payload: Payload) -> Iterable[Found]:
    """An inbound mail, raw where the server was told to include that; other records are told."""
    raw = payload.text("RawEmail")
    if raw:
        yield parse_mail(raw.encode())
    elif payload.text("RecordType") in ("", "Inbound") and payload.text("From"):
        named = [
            (as_text(at(one, "Name")), as_text(at(one, "Value")))
            for one in objects(at(payload.content, "Headers"))
        ]
        files = [
            Part(
                as_text(at(one, "ContentID")), as_text(at(one, "Name")), as_text(at(one, "ContentType")),
                _decoded(as_text(at(one, "Content"))),
            )
            for one in objects(at(payload.content, "Attachments"))
        ]  # fmt: skip
        wanted = {name: payload.text(name) for name in ("From", "To", "Cc", "Subject", "Date")}
        wanted |= {
            "Reply-To": payload.text("ReplyTo"),
            "Message-ID": f"<{payload.text('MessageID')}@mtasv.net>",
        }
        bodies = (payload.text("TextBody"), payload.text("HtmlBody"))
        yield composed(_completed(named, wanted), bodies, files)
    else:
        about = payload.text("Email") or payload.text("Recipient")
        yield told(payload, payload.text("RecordType") or "Postmark", f"postmark:{about}")


def sendgrid(payload: Payload) -> Iterable[Found]:
    """Inbound Parse sends a form with a mail in it, the Event Webhook a list of what became of mails sent."""
    raw = payload.text("email")
    if isinstance(payload.content, list):
        yield from _sendgrid_events(payload.content)
    elif raw:
        yield parse_mail(raw.encode())
    elif payload.text("from") or payload.text("headers"):
        named = _header_lines(payload.text("headers"))
        wanted = {name.title(): payload.text(name) for name in ("from", "to", "cc", "subject")}
        yield composed(_completed(named, wanted), (payload.text("text"), payload.text("html")), payload.files)
    else:
        yield told(payload, "SendGrid", "sendgrid")


def mailgun(payload: Payload) -> Iterable[Found]:
    """A route sends a form with a mail in it, raw or parsed; a webhook an event."""
    raw = payload.text("body-mime")
    event = at(payload.content, "event-data")
    if raw:
        yield parse_mail(raw.encode())
    elif event is not None:
        kind = f"Mailgun: {as_text(at(event, 'event'))}"
        yield told(payload, kind, f"mailgun:{as_text(at(event, 'recipient'))}", event)
    elif payload.text("from") or payload.text("sender"):
        wanted = {
            "From": payload.text("from") or payload.text("sender"),
            "To": payload.text("recipient"),
            "Subject": payload.text("subject"),
        }
        bodies = (payload.text("body-plain"), payload.text("body-html"))
        yield composed(_completed(_pairs(payload.text("message-headers")), wanted), bodies, payload.files)
    else:
        yield told(payload, "Mailgun", "mailgun")


def ses(payload: Payload) -> Iterable[Found]:
    """What SNS brings: a received mail, whole or only its header, or what became of one sent."""
    message = _json(payload.text("Message"))
    kind = first_text(message, ("notificationType",), ("eventType",))
    if kind != "Received":
        about = as_text(at(message, "mail", "messageId")) or payload.text("TopicArn")
        yield told(payload, f"Amazon {kind or payload.text('Type') or 'SNS'}", f"ses:{about}", message)
        return
    content = as_text(at(message, "content"))
    if content:
        encoded = as_text(at(message, "receipt", "action", "encoding")) == "BASE64"
        yield parse_mail(_decoded(content) if encoded else content.encode())
        return
    named = [
        (as_text(at(one, "name")), as_text(at(one, "value")))
        for one in objects(at(message, "mail", "headers"))
    ]
    action = at(message, "receipt", "action")
    place = lines(
        (
            "",
            "Amazon SES kept the text of this mail elsewhere. / Amazon SES har lagt mailens tekst et andet sted.",
        ),
        ("bucket", as_text(at(action, "bucketName"))),
        ("key", as_text(at(action, "objectKey"))),
    )
    wanted = {
        "From": as_text(at(message, "mail", "source")),
        "To": as_text(at(message, "mail", "destination")),
    }
    yield composed(_completed(named, wanted), (place, ""), ())


def composed(headers: Sequence[Header], bodies: tuple[str, str], files: Sequence[Part]) -> ParsedMail:
    """A mail put together again from its pieces, then read as any other mail is."""
    text, html = bodies
    boundary = sha256(
        "\0".join((text, html, *(one.name for one in files))).encode("utf-8", "replace")
    ).hexdigest()
    parts = [_part("text/plain; charset=utf-8", text.encode("utf-8", "replace"))] if text or not html else []
    if html:
        parts.append(_part("text/html; charset=utf-8", html.encode("utf-8", "replace")))
    inner = f"{boundary}a"
    parts = [_multipart("alternative", inner, parts), *(_file(one) for one in files)]
    head = "".join(f"{name}: {_LINE_END.sub(' ', value)}\r\n" for name, value in headers)
    whole = _multipart("mixed", f"{boundary}m", parts)
    return parse_mail(f"{head}MIME-Version: 1.0\r\n".encode("utf-8", "replace") + whole)


def _part(content_type: str, content: bytes, *more: str) -> bytes:
    head = "\r\n".join((f"Content-Type: {content_type}", "Content-Transfer-Encoding: base64", *more))
    encoded = b64encode(content)
    wrapped = b"\r\n".join(encoded[place : place + 76] for place in range(0, len(encoded), 76))
    return head.encode("utf-8", "replace") + b"\r\n\r\n" + wrapped + b"\r\n"


def _file(part: Part) -> bytes:
    name = part.name.replace("\\", "_").replace('"', "'").replace("\r", " ").replace("\n", " ")
    main, _, rest = part.content_type.partition("/")
    kind = (
        part.content_type
        if _TOKEN.fullmatch(main) and rest.isascii() and "\n" not in rest
        else "application/octet-stream"
    )
    more = [f'Content-Disposition: attachment; filename="{name}"']
    identifier = _LINE_END.sub(" ", part.field.strip("<>"))
    if "@" in identifier:
        more = [more[0].replace("attachment", "inline", 1), f"Content-ID: <{identifier}>"]
    return _part(kind, part.content, *more)


def _multipart(kind: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()
    line = f"--{boundary}\r\n".encode()
    return head + b"".join(line + part for part in parts) + f"--{boundary}--\r\n".encode()


def _completed(named: Sequence[Header], wanted: dict[str, str]) -> list[Header]:
    """The headers that came, and of the wanted ones those that did not."""
    kept = [
        (name, value) for name, value in named if _TOKEN.fullmatch(name) and name.lower() not in _FORM_HEADERS
    ]
    known = {name.lower() for name, _ in kept}
    return [*kept, *((name, value) for name, value in wanted.items() if value and name.lower() not in known)]


def _header_lines(text: str) -> list[Header]:
    unfolded = re.sub(r"\r?\n[ \t]+", " ", text)
    pairs = (line.partition(":") for line in unfolded.splitlines())
    return [(name.strip(), value.strip()) for name, colon, value in pairs if colon]


def _pairs(text: str) -> list[Header]:
    loaded = _json(text)
    listed = loaded if isinstance(loaded, list) else []
    return [(as_text(one[0]), as_text(one[1])) for one in listed if isinstance(one, list) and len(one) == 2]


def _sendgrid_events(events: Sequence[object]) -> Iterable[Found]:
    """One message for each mail that failed, and one that counts all that went well."""
    counts: dict[str, int] = {}
    for event in objects(list(events)):
        kind, address = as_text(at(event, "event")), as_text(at(event, "email"))
        if kind not in _NOTED:
            counts[kind or "event"] = counts.get(kind or "event", 0) + 1
            continue
        values = {
            "conversation_key": f"sendgrid:{address}",
            "message_key": as_text(at(event, "sg_event_id")),
            "subject": f"{kind}: {address}",
            "text": lines(("", f"{kind}: {address}"), ("reason", as_text(at(event, "reason"))), ("status", as_text(at(event, "status")))),
            "from_email": address,
            "sent_at": as_text(at(event, "timestamp")),
        }  # fmt: skip
        yield chat("form", values, automatic=True)
    if counts or not events:
        summary = "\n".join(f"{kind}: {count}" for kind, count in sorted(counts.items()))
        yield chat(
            "form",
            {"conversation_key": "sendgrid", "subject": "SendGrid", "text": summary or "[]"},
            automatic=True,
        )


def _json(text: str) -> object:
    try:
        loaded: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return loaded


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text)
    except (NotBase64, ValueError):
        return storable(text).encode()
