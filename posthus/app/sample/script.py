"""Reads the sample's plain text files: who the people are and what they write to each other."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal, cast

Program = Literal["outlook", "gmail", "apple", "thunderbird", "iphone", "plain"]
Language = Literal["da", "en"]
Channel = Literal["mail", "chat", "form"]

_ATTACHMENT = re.compile(
    r"^\[\[(?P<name>[^\]\n]+)\]\]\n(?P<content>.*?)^\[\[end\]\]\n?", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Person:
    """A correspondent; `logo` is the word drawn in the inline picture of the signature, or empty."""

    key: str
    name: str
    address: str
    program: Program
    language: Language
    html: bool
    logo: str
    signature: str

    @property
    def private(self) -> bool:
        """Whether the person writes from home rather than from a firm."""
        return self.address.endswith("@privat.example.com")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file told in words: `content` is what `attached.file_bytes` makes the file of."""

    name: str
    content: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a conversation; `when` and the placeholders in `body` are relative to now."""

    when: str
    sender: str
    to: tuple[str, ...]
    options: dict[str, str]
    body: str
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """One file: `key` is its name without the ending, `headers` its first lines by lower-case name."""

    key: str
    headers: dict[str, str]
    entries: tuple[Entry, ...]

    @property
    def subject(self) -> str:
        """The subject of the first mail, or the title of a chat or form."""
        return self.headers["subject"]

    @property
    def channel(self) -> Channel:
        """How the conversation started."""
        return cast("Channel", self.headers.get("channel", "mail"))

    @property
    def language(self) -> Language:
        """The language it is mostly written in."""
        return cast("Language", self.headers["language"])

    @property
    def closed(self) -> bool:
        """Whether the sample workspace should show it as done."""
        return self.headers.get("status", "open") == "closed"

    @property
    def tags(self) -> tuple[str, ...]:
        """Suggested tags."""
        return _names(self.headers.get("tags", ""))

    @property
    def assignee(self) -> str | None:
        """The key of the agent who has it, if any."""
        return self.headers.get("assignee")


def read_people() -> dict[str, Person]:
    """Everyone in `people.txt`, by key."""
    text = (files(__package__) / "people.txt").read_text(encoding="utf-8")
    people: dict[str, Person] = {}
    for section in re.split(r"^\[", text, flags=re.MULTILINE)[1:]:
        key, rest = section.split("]\n", 1)
        head, _, signature = rest.partition("Signature:\n")
        lines = _headers(head)
        people[key] = Person(
            key=key,
            name=lines["name"],
            address=lines["address"],
            program=cast("Program", lines["program"]),
            language=cast("Language", lines.get("language", "da")),
            html=lines.get("html", "yes") == "yes",
            logo=lines.get("logo", ""),
            signature=signature.strip("\n"),
        )
    return people


def read_conversations() -> tuple[Conversation, ...]:
    """Every file in `conversations/`, by name."""
    folder = files(__package__) / "conversations"
    pages = sorted(
        (page for page in folder.iterdir() if page.name.endswith(".txt")), key=lambda page: page.name
    )
    return tuple(
        _conversation(page.name.removesuffix(".txt"), page.read_text(encoding="utf-8")) for page in pages
    )


def _conversation(key: str, text: str) -> Conversation:
    head, *entries = re.split(r"^=== ", text, flags=re.MULTILINE)
    return Conversation(key=key, headers=_headers(head), entries=tuple(_entry(entry) for entry in entries))


def _entry(text: str) -> Entry:
    line, _, body = text.partition("\n")
    when, *fields = (part.strip() for part in line.split("|"))
    route = fields.pop(0) if fields and ":" not in fields[0] else ""
    sender, _, to = route.partition(">")
    attachments = tuple(
        Attachment(found["name"].strip(), found["content"]) for found in _ATTACHMENT.finditer(body)
    )
    return Entry(
        when=when,
        sender=sender.strip(),
        to=_names(to),
        options=dict(_pairs(fields)),
        body=_ATTACHMENT.sub("", body).strip("\n"),
        attachments=attachments,
    )


def _pairs(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, _, value = line.partition(":")
        yield name.strip().lower(), value.strip()


def _headers(text: str) -> dict[str, str]:
    return dict(_pairs([line for line in text.splitlines() if line.strip()]))


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
