"""How mail programs quote: attribution lines and quoted text, as plain text and as HTML."""

import re
from dataclasses import dataclass
from datetime import datetime
from html import escape

from posthus.app.sample.dates import MONTHS_DA, MONTHS_EN, WEEKDAYS_DA, WEEKDAYS_EN
from posthus.app.sample.script import Language, Person

_PREFIX = re.compile(r"^(?:sv|re|vs|fwd?)\s*:\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that was sent: what a later reply needs to know of it. `html` is the inside of its body."""

    sender: Person
    to: tuple[Person, ...]
    cc: tuple[Person, ...]
    subject: str
    message_id: str
    references: tuple[str, ...]
    sent_at: datetime
    text: str
    html: str


def reply_subject(program: str, language: Language, subject: str) -> str:
    """`SV:` from a Danish Outlook, `RE:` from an English one, `Re:` from the rest; prefixes do not pile up."""
    mark = ("SV: " if language == "da" else "RE: ") if program == "outlook" else "Re: "
    if _PREFIX.match(subject) and program != "outlook":
        return subject
    return mark + _PREFIX.sub("", subject)


def quoted_text(program: str, language: Language, parent: Letter) -> str:
    """The parent below an attribution, as the program writes it in text/plain."""
    if program == "outlook":
        return "\n".join([*(f"{name}: {value}" for name, value in _head(language, parent)), "", parent.text])
    line = attribution(program, language, parent)
    if program == "iphone":
        return _angled(f"{line}\n\n{parent.text}")
    if program == "gmail" and len(line) > 76:
        line = line.replace(" <", "\n<", 1)
    between = "\n\n" if program in ("gmail", "apple") else "\n"
    return f"{line}{between}{_angled(parent.text)}"


def attribution(program: str, language: Language, parent: Letter) -> str:
    """The line that says who wrote what follows, e.g. `Den tors. 12. nov. 2026 kl. 14.32 skrev …:`."""
    sent, name, danish = parent.sent_at, parent.sender.name, language == "da"
    month = (MONTHS_DA if danish else MONTHS_EN)[sent.month - 1]
    short = month if len(month) <= 4 else month[:3] + ("." if danish else "")
    whom = f"{name} <{parent.sender.address}>"
    if program == "gmail":
        if danish:
            day = WEEKDAYS_DA[sent.weekday()]
            day = f"{day[:4]}." if day.startswith(("tors", "lør")) and len(day) > 6 else f"{day[:3]}."
            return f"Den {day} {sent.day}. {short} {sent.year} kl. {sent:%H.%M} skrev {whom}:"
        return f"On {WEEKDAYS_EN[sent.weekday()][:3]}, {sent.day} {month[:3]} {sent.year} at {sent:%H:%M}, {whom} wrote:"
    if program == "thunderbird":
        return (
            f"Den {sent:%d.%m.%Y} kl. {sent:%H.%M} skrev {name}:"
            if danish
            else f"On {sent:%d/%m/%Y %H:%M}, {name} wrote:"
        )
    if danish:
        return f"Den {sent.day}. {short} {sent.year} kl. {sent:%H.%M} skrev {whom}:"
    return f"On {sent.day} {month[:3]} {sent.year}, at {sent:%H:%M}, {whom} wrote:"


def _head(language: Language, parent: Letter) -> list[tuple[str, str]]:
    danish, sent = language == "da", parent.sent_at
    names = ("Fra", "Sendt", "Til", "Emne") if danish else ("From", "Sent", "To", "Subject")
    if danish:
        day = f"{sent.day}. {MONTHS_DA[sent.month - 1]} {sent.year} {sent:%H:%M}"
    else:
        day = f"{sent.day} {MONTHS_EN[sent.month - 1]} {sent.year} {sent:%H:%M}"
    head = [
        (names[0], f"{parent.sender.name} <{parent.sender.address}>"),
        (names[1], day),
        (names[2], _people(parent.to)),
        (names[3], parent.subject),
    ]
    if parent.cc:
        head.insert(3, ("Cc", _people(parent.cc)))
    return head


def _people(people: tuple[Person, ...]) -> str:
    return "; ".join(f"{person.name} <{person.address}>" for person in people)


def _angled(text: str) -> str:
    return "\n".join(
        f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in text.splitlines()
    )


def body_html(program: str, text: str) -> str:
    """Paragraphs and lists of plain text in the program's own markup."""
    blocks = [block for block in re.split(r"\n\s*\n", text.strip("\n")) if block.strip()]
    inside = "\n".join(_block(program, block) for block in blocks)
    return f'<div dir="ltr">{inside}</div>' if program == "gmail" else inside


def _block(program: str, block: str) -> str:
    lines = block.splitlines()
    if all(line.startswith("- ") for line in lines):
        return "<ul>" + "".join(f"<li>{escape(line[2:])}</li>" for line in lines) + "</ul>"
    inside = "<br>\n".join(escape(line) for line in lines)
    if program == "outlook":
        return f'<p class="MsoNormal" style="margin:0 0 10pt 0">{inside}</p>'
    if program == "thunderbird":
        return f"<p>{inside}</p>"
    return f"<div>{inside}</div><div><br></div>"


def quoted_html(program: str, language: Language, parent: Letter) -> str:
    """The parent below an attribution, in the markup by which other programs recognise a quote."""
    if program == "outlook":
        head = "<br>\n".join(f"<b>{name}:</b> {escape(value)}" for name, value in _head(language, parent))
        rule = "border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0 0 0"
        return f'<div style="{rule}"><p class="MsoNormal">{head}</p></div>\n{parent.html}'
    line = escape(attribution(program, language, parent))
    if program == "gmail":
        style = "margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex"
        return (
            f'<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{line}<br></div>'
            f'<blockquote class="gmail_quote" style="{style}">{parent.html}</blockquote></div>'
        )
    if program == "thunderbird":
        cite = parent.message_id.strip("<>")
        return f'<div class="moz-cite-prefix">{line}<br></div><blockquote type="cite" cite="mid:{cite}">{parent.html}</blockquote>'
    return f'<div><br><blockquote type="cite"><div>{line}</div><br>{parent.html}</blockquote></div>'
