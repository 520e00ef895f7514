"""How mail is read: hostile sets beside their own expectations, quoted replies, and quotes of list mail by their parents.

Whether a line of list mail is quoted is told without any splitter: by five-word sequences of the mails it answers. A line
is quoted where four fifths of its sequences stand in one of those, and new where none does and no mark stands before it;
lines of fewer than five words are not judged, nor signatures and list footers, nor the lines (a dozen at most) that
introduce a quote. Only mails whose parent is in the list are looked at. Leaking is a quoted line that counts as new, lost
a new line that counts as quoted.
"""

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.mail_references import Case, danish_replies, many_languages, stalwart, synthetic
from posthus.conversations.mail import parse_mail
from posthus.conversations.parsed import ParsedMail
from posthus.conversations.quotes import split_text
from posthus.intake.mailboxes import find_mailboxes

MAIL = Path(os.environ.get("POSTHUS_TEST_DATA", "../shared/data")) / "mail"
WORDS = 5
QUOTED_SHARE = 0.8
INTRODUCTION = 12  # lines
Sequences = frozenset[tuple[str, ...]]


def run() -> dict[str, object]:
    """Right of all for each set; percentages for each list."""
    if not MAIL.is_dir():
        return {"skipped": f"needs {MAIL}"}
    result: dict[str, object] = {"torture: messages read without an exception": _torture()}
    for name, cases in {
        "torture, synthetic: as its expectations say": synthetic(MAIL / "torture"),
        "torture, stalwart: as its own parser says": stalwart(MAIL / "torture"),
        "quotes, Danish and English replies": danish_replies(MAIL / "quotes"),
        "quotes, replies in many languages": many_languages(MAIL / "quotes"),
    }.items():
        result[name] = _right(cases)
    for name in ("easy-ham-1", "usrp-users-2020H1.mbox"):
        mails = [
            parse_mail(piece.raw or b"")
            for box in find_mailboxes(MAIL / "lists" / name)
            for piece in box.read(0)
        ]
        counted = Counter(_judged(mails))
        for what, wrong, right in (
            ("quoted lines that leak", ("quoted", "new"), ("quoted", "quote")),
            ("new lines that are lost", ("new", "quote"), ("new", "new")),
        ):
            lines = counted[wrong] + counted[right]
            result[f"{name}: {what}, % of {lines:,}"] = 100 * counted[wrong] / max(1, lines)
    return result


def _right(cases: Sequence[Case]) -> str:
    return f"{sum(not case.missed for case in cases)} of {len(cases)}"


def _torture() -> str:
    paths = [path for path in sorted((MAIL / "torture").rglob("*")) if path.is_file()]
    return f"{sum(bool(parse_mail(path.read_bytes()).message_id) for path in paths)} of {len(paths)}"


def _judged(mails: Sequence[ParsedMail]) -> Iterator[tuple[str, str]]:
    """For every line that can be judged what it is, and what it counts as."""
    texts = {mail.message_id: mail for mail in mails}
    known = {number: _sequences(mail.text.split()) for number, mail in texts.items()}
    for mail in texts.values():
        parent = mail.in_reply_to or mail.reference_ids[-1]
        if parent in texts and parent != mail.message_id:
            answered = [known[one] for one in mail.reference_ids if one != mail.message_id and one in texts]
            yield from _lines(mail, answered)


def _lines(mail: ParsedMail, answered: Sequence[Sequences]) -> Iterator[tuple[str, str]]:
    """What each line is and what it counts as, without those that introduce a quote."""
    spans = split_text(mail.text)
    position = start = 0
    waiting: list[tuple[str, str]] = []  # of a quote's first lines, until one is known to be quoted
    for number, line in enumerate(mail.text.split("\n")):
        span = next((span for span in spans if span.start <= position < span.end), None)
        counts_as = "quote" if span is not None and span.kind == "quote" else "new"
        if span is not None and position == span.start:
            yield from waiting
            waiting, start = [], number
        judged = None if span is not None and span.kind == "signature" else _judge(line, answered)
        position += len(line) + 1
        if judged == "new" and counts_as == "quote" and 0 <= number - start <= INTRODUCTION:
            waiting.append((judged, counts_as))
        elif judged is not None:
            if judged == "quoted" and counts_as == "quote":
                waiting, start = [], -INTRODUCTION - 1
            yield judged, counts_as
    yield from waiting


def _judge(line: str, answered: Sequence[Sequences]) -> str | None:
    own = _sequences(line.lstrip("> \t|").split())
    if not own:
        return None
    share = max((len(own & one) / len(own) for one in answered), default=0.0)
    if share >= QUOTED_SHARE:
        return "quoted"
    return "new" if not share and not line.lstrip().startswith((">", "|")) else None


def _sequences(words: Sequence[str]) -> Sequences:
    plain = [word for word in words if word.strip(">|")]
    return frozenset(tuple(plain[start : start + WORDS]) for start in range(len(plain) - WORDS + 1))


if __name__ == "__main__":
    sys.stdout.write(f"{run()}\n")
