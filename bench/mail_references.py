"""What others expect of hostile mail, beside what Posthus reads: the synthetic set, stalwart's, and quoted replies."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from posthus.conversations.mail import parse_mail
from posthus.conversations.parsed import ParsedMail
from posthus.conversations.quotes import new_text, split_text

# Fixtures that end their new text with this sentence.
SENTENCE = "Fusce sed odio id arcu varius aliquet nec nec nibh."


@dataclass(frozen=True, slots=True)
class Case:
    """One message of a set: what was expected of it and what of that was missed."""

    name: str
    expected: Sequence[str]
    missed: Sequence[str]


def synthetic_faults(mail: ParsedMail, expected: Mapping[str, object]) -> list[str]:
    """The names of the expectations that a mail misses."""
    sender = f"{mail.from_.name} {mail.from_.address}" if mail.from_ else ""
    found: dict[str, object] = {
        "subject": mail.subject,
        "subject_norm": " ".join(mail.subject.split()),
        "message_id": mail.message_id,
        "in_reply_to": mail.in_reply_to,
        "references": list(mail.reference_ids[1:]),
        "date": mail.date.isoformat() if mail.date else None,
        "attachments": [[one.name, len(one.content)] for one in mail.attachments],
        "n_attachments": len(mail.attachments),
    }
    inside = {"text_contains": mail.text, "html_contains": mail.html or "", "from_contains": sender}
    faults = [name for name, value in expected.items() if name in found and found[name] != value]
    return faults + [name for name, text in inside.items() if str(expected.get(name, "")) not in text]


def synthetic(torture: Path) -> list[Case]:
    """The set generated for this project."""
    folder = torture / "synthetic"
    cases: dict[str, dict[str, object]] = json.loads((folder / "expected.json").read_bytes())
    return [
        Case(name, sorted(expected), synthetic_faults(parse_mail((folder / name).read_bytes()), expected))
        for name, expected in sorted(cases.items())
    ]


class Reference:
    """What stalwart's mail-parser found in a message."""

    def __init__(self, path: Path) -> None:
        content: dict[str, list[object]] = json.loads(path.read_bytes())
        self.parts = content["parts"]
        files = content["attachments"]
        self.texts = [self.body(i, "Text") for i in content["text_body"] if i not in files]
        self.pages = [self.body(i, "Html") for i in content["html_body"] if i not in files]
        self.subject = self.header("subject")

    def body(self, index: object, kind: str) -> str:
        """A part's content of one kind."""
        part = self.parts[index] if isinstance(index, int) else None
        body = part.get("body") if isinstance(part, dict) else None
        return str(body.get(kind, "")) if isinstance(body, dict) else ""

    def header(self, name: str) -> str | None:
        """The last field of a name."""
        top = self.parts[0]
        fields = top["headers"] if isinstance(top, dict) else []
        values = [field["value"] for field in fields if field["name"] == name]
        return str(values[-1].get("Text")) if values and isinstance(values[-1], dict) else None

    def missed(self, mail: ParsedMail) -> list[str]:
        """What of it a mail lacks, white space aside, which both sides treat differently."""
        text, page = _squeezed(mail.text), _squeezed(mail.html or "")
        lacks = {
            "text": not all(_squeezed(one) in text for one in self.texts),
            "page": not all(_squeezed(one) in page for one in self.pages),
            "subject": self.subject is not None and _squeezed(self.subject) != _squeezed(mail.subject),
        }
        return [name for name, lacking in lacks.items() if lacking]


def stalwart(torture: Path) -> list[Case]:
    """Stalwart's own messages with what its parser makes of them."""
    folder = torture / "stalwart-mail-parser" / "eml"
    return [
        Case(
            path.relative_to(folder).as_posix(),
            ("text", "page", "subject"),
            Reference(path.with_suffix(".json")).missed(parse_mail(path.read_bytes())),
        )
        for path in sorted(folder.rglob("*.eml"))
    ]


def danish_replies(quotes: Path) -> list[Case]:
    """Replies in Danish and English, with their new text, signature and quote."""
    cases: list[dict[str, str]] = json.loads((quotes / "danish-replies.json").read_bytes())
    return [Case(case["id"], ("new", "signature", "quote"), _reply_faults(case)) for case in cases]


def many_languages(quotes: Path) -> list[Case]:
    """Replies in many languages whose new text ends in one known sentence."""
    cases = []
    for path in sorted((quotes / "crisp-email-reply-parser" / "fixtures").glob("*.txt")):
        text = path.read_text("utf-8").replace("\r\n", "\n")
        if SENTENCE in text:
            right = new_text(text, split_text(text)).rstrip().endswith(SENTENCE)
            cases.append(Case(path.name, ("new",), [] if right else ["new"]))
    return cases


def _reply_faults(case: Mapping[str, str]) -> list[str]:
    text = case["text"]
    spans = split_text(text)
    signature, quote = (
        "".join(text[span.start : span.end] for span in spans if span.kind == kind)
        for kind in ("signature", "quote")
    )
    wrong = {
        "new": new_text(text, spans) != case["new"].strip(),
        "signature": case["sig"] not in signature,
        "quote": not all(line in quote for line in case["quote"].splitlines()),
    }
    return [name for name, missed in wrong.items() if missed]


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text.replace("\ufeff", ""))
