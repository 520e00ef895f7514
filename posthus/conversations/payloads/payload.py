"""A webhook's body as its provider's reader gets it, and the small words readers are written in."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Literal, TypeAlias

from multipart import MultipartError, MultipartParser, parse_options_header

from posthus.conversations.charsets import decode, storable
from posthus.conversations.chats import Draft, as_text, at, load_body, pretty
from posthus.conversations.html import html_to_text
from posthus.conversations.parsed import ParsedChat, ParsedMail

MOST_PARTS = 1_000
MOST_MESSAGES = 1_000  # of one body; what is beyond is named in the last one
_MOST_READ = 64_000_000  # bytes
_MOST_SHOWN = 100_000  # characters of a body that could not be read

Found: TypeAlias = ParsedChat | ParsedMail


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a multipart form."""

    field: str
    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Payload:
    """A body, taken apart: `content` is its JSON, or a form as an object of its fields; None where it is neither."""

    provider: str
    headers: Mapping[str, str]
    raw: bytes = field(repr=False)
    content: object = field(repr=False, default=None)
    files: Sequence[Part] = ()
    defects: tuple[str, ...] = ()

    def text(self, *path: str) -> str:
        """The text at a path of keys, empty where there is none."""
        return as_text(at(self.content, *path))


Reader: TypeAlias = Callable[[Payload], Iterable[Found]]


def take_apart(provider: str, headers: Mapping[str, str], raw: bytes) -> Payload:
    """The payload of a body of any kind; never raises."""
    kind, options = parse_options_header(headers.get("content-type", ""))
    if kind == "multipart/form-data":
        fields, files, defects = _multipart(raw, options.get("boundary", ""))
        return Payload(provider, headers, raw, fields, files, defects)
    content, defects = load_body(raw)
    return Payload(provider, headers, raw, content, (), defects)


def _multipart(raw: bytes, boundary: str) -> tuple[dict[str, object], list[Part], tuple[str, ...]]:
    fields: dict[str, object] = {}
    files: list[Part] = []
    try:
        parts = MultipartParser(
            BytesIO(raw), boundary, part_limit=MOST_PARTS, spool_limit=_MOST_READ, memory_limit=_MOST_READ
        )
        for part in parts:
            if part.filename:
                name, kind = storable(part.filename), storable(part.content_type or "")
                files.append(Part(storable(part.name or ""), name, kind, part.raw))
            else:
                charset = part.charset if isinstance(part.charset, str) else None
                fields.setdefault(storable(part.name or ""), decode(part.raw, charset))
    except (MultipartError, ValueError, LookupError):
        return fields, files, ("broken_form",)
    return fields, files, ()


def chat(
    channel: Literal["chat", "form"], values: Mapping[str, str], *, automatic: bool = False
) -> ParsedChat:
    """A message from the values that a reader found; text that is HTML is shown as text."""
    draft = Draft(dict(values), automatic=automatic)
    text = draft.values.get("text", "")
    if text.lstrip()[:1] == "<" and ">" in text:
        draft.values["text"] = html_to_text(text)
    return draft.finish(channel)


def lines(*pairs: tuple[str, str]) -> str:
    """`name: value` for each pair that has a value."""
    return "\n".join(f"{name}: {value}" if name else value for name, value in pairs if value.strip())


def told(payload: Payload, kind: str, key: str, content: object = None) -> ParsedChat:
    """An event that nobody wrote: what it is called, and all it says."""
    content = payload.content if content is None else content
    shown = pretty(content) or decode(payload.raw[:_MOST_SHOWN], None)
    values = {"conversation_key": key, "subject": kind, "text": f"{kind}\n\n{shown}".strip()}
    return chat("form", values, automatic=True)


def objects(value: object) -> Sequence[object]:
    """The objects of a list; empty for anything else."""
    listed: list[object] = value if isinstance(value, list) else []
    return [each for each in listed if isinstance(each, dict)][:MOST_MESSAGES]
