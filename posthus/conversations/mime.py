"""The tree of a mail's parts, found in the raw bytes without recursion and within limits (RFC 2045, 2046)."""

import re
from dataclasses import dataclass, field

from posthus.conversations.headers import Field, Parameters, split_parameters
from posthus.conversations.parsed import MAX_DEPTH, MAX_PARTS

# Containers and the body come on top of the parts that a mail may carry.
MAX_NODES = MAX_PARTS + MAX_DEPTH + 2
MAX_FIELDS = 5_000
# A doubled carriage return is one broken newline, not an empty line.
NEWLINE = re.compile(rb"\r{1,3}\n|\n|\r")
FIELD_NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
# A field as nearly all are, with its folded lines; what does not look like it is read line by line.
WHOLE_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)\r?\n")
GUESSED_BOUNDARY = re.compile(rb"(?:^|[\r\n])--([!-~]{1,70})[ \t]*\r?\ncontent-", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf or an empty container; `alternative` numbers the outermost multipart/alternative around it."""

    fields: tuple[Field, ...]
    content_type: str
    parameters: Parameters
    body: bytes
    alternative: int | None
    first: bool
    container: str

    def value(self, name: str) -> bytes | None:
        """The first field of that lower-case name."""
        for field_name, value in self.fields:
            if field_name == name:
                return value
        return None


@dataclass(frozen=True, slots=True)
class Pending:
    """A stretch of the raw message still to be read as a part."""

    start: int
    end: int
    depth: int = 0
    default_type: str = "text/plain"
    alternative: int | None = None
    first: bool = True
    container: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a part's body, and where that body starts."""

    fields: tuple[Field, ...]
    content_type: str
    parameters: Parameters
    body: int
    odd: bool


@dataclass(slots=True)
class Tree:
    """The leaves in document order, the top fields, and what was wrong."""

    fields: tuple[Field, ...] = ()
    content_type: str = "text/plain"
    leaves: list[Part] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    cut: bool = False


def next_line(raw: bytes, position: int, end: int) -> tuple[int, int]:
    """End of the line's content, and start of the next line."""
    newline = NEWLINE.search(raw, position, end)
    return (end, end) if newline is None else newline.span()


def is_stray(raw: bytes, position: int, end: int) -> bool:
    """Whether a line without a colon stands among fields: the line after it is a field."""
    return position < end and FIELD_NAME.match(raw, position, end) is not None


def split_fields(raw: bytes, start: int, end: int) -> tuple[tuple[Field, ...], int, bool]:
    """Fields (lower-case name, raw value still folded), start of the body, and whether a line was odd."""
    names: list[str] = []
    values: list[list[bytes]] = []
    odd = False
    position = start
    while position < end:
        whole = WHOLE_FIELD.match(raw, position, end)
        if whole is not None:
            if len(names) < MAX_FIELDS:
                names.append(whole[1].decode("ascii").lower())
                values.append([whole[2].replace(b"\r\n", b"\n")])
            position = whole.end()
            continue
        stop, following = next_line(raw, position, end)
        if stop == position:
            position = following
            break
        name = FIELD_NAME.match(raw, position, stop)
        if raw[position] in b" \t" and values:
            values[-1].append(raw[position:stop])
        elif name is not None and raw[position] not in b" \t":
            if len(names) < MAX_FIELDS:
                names.append(name.group(1).decode("ascii").lower())
                values.append([raw[name.end() : stop]])
        elif raw.startswith((b"From ", b">From "), position) or is_stray(raw, following, end):
            odd = True
        else:
            odd = True
            break
        position = following
    joined = tuple((name, b"\n".join(lines)) for name, lines in zip(names, values, strict=True))
    return joined, position, odd


def split_body(raw: bytes, start: int, end: int, boundary: bytes) -> tuple[list[tuple[int, int]], bool]:
    """Stretches between delimiter lines (RFC 2046, 5.1.1), at most MAX_NODES, and whether there were more."""
    mark = b"--" + boundary
    found: list[tuple[int, int]] = []
    open_at = -1
    position = raw.find(mark, start, end)
    while position != -1:
        after = position + len(mark)
        if position > start and raw[position - 1] not in b"\r\n":
            position = raw.find(mark, after, end)
            continue
        closing = raw.startswith(b"--", after)
        stop, following = next_line(raw, after, min(end, after + 200))
        if not raw[after + 2 * closing : stop].strip(b" \t\r"):
            if open_at >= 0:
                found.append((open_at, before_newline(raw, open_at, position)))
            open_at = following
            if closing or len(found) >= MAX_NODES:
                return found, not closing
        position = raw.find(mark, after, end)
    if 0 <= open_at < end:
        found.append((open_at, end))
    return found, False


def before_newline(raw: bytes, start: int, position: int) -> int:
    """The newline before a delimiter line belongs to the delimiter."""
    if position > start and raw[position - 1] == 0x0A:
        position -= 1
    if position > start and raw[position - 1] == 0x0D:
        position -= 1
    return position


def stretches(raw: bytes, start: int, end: int, boundary: bytes) -> tuple[list[tuple[int, int]], bool]:
    """As `split_body`, with the boundary guessed where the declared one never occurs."""
    if boundary:
        found, cut = split_body(raw, start, end, boundary)
        if found:
            return found, cut
    guess = GUESSED_BOUNDARY.search(raw, start, min(end, start + 20_000))
    if guess is None:
        return [], False
    return split_body(raw, start, end, guess.group(1))


def read_tree(raw: bytes) -> Tree:
    """All leaves of a raw message; iterative, so nesting costs no stack."""
    tree = Tree()
    todo = [Pending(0, len(raw))]
    nodes = 0
    while todo:
        here = todo.pop()
        nodes += 1
        head = read_head(raw, here)
        if nodes == 1:
            tree.fields, tree.content_type = head.fields, head.content_type
        if head.odd:
            tree.defects.append("odd_header_line")
        container = head.content_type.startswith("multipart/")
        if container and here.depth >= MAX_DEPTH:
            tree.cut = True
            tree.defects.append("too_deep")
            continue
        children = inside(raw, here, head, tree) if container else []
        if not children:
            tree.leaves.append(as_leaf(raw, here, head))
        room = max(0, MAX_NODES - nodes - len(todo))
        if len(children) > room:
            tree.cut = True
            tree.defects.append("too_many_parts")
        todo.extend(reversed(children[:room]))
    return tree


def read_head(raw: bytes, here: Pending) -> Head:
    """The fields of a part and its type; a type without a slash is none."""
    fields, body, odd = split_fields(raw, here.start, here.end)
    declared = next((value for name, value in fields if name == "content-type"), b"")
    content_type, parameters = split_parameters(declared)
    if "/" not in content_type:
        content_type = here.default_type
    return Head(fields, content_type, parameters, body, odd)


def as_leaf(raw: bytes, here: Pending, head: Head) -> Part:
    """A part without parts; a container in which none were found is shown as text."""
    return Part(
        fields=head.fields,
        content_type="text/plain" if head.content_type.startswith("multipart/") else head.content_type,
        parameters=head.parameters,
        body=raw[head.body : here.end],
        alternative=here.alternative,
        first=here.first,
        container=here.container,
    )


def inside(raw: bytes, here: Pending, head: Head, tree: Tree) -> list[Pending]:
    """The children of a container, as work still to do."""
    boundary = head.parameters.get("boundary", b"").rstrip()
    found, cut = stretches(raw, head.body, here.end, boundary)
    if cut:
        tree.cut = True
        tree.defects.append("too_many_parts")
    alternative = here.alternative
    if alternative is None and head.content_type == "multipart/alternative":
        alternative = head.body
    default_type = "message/rfc822" if head.content_type == "multipart/digest" else "text/plain"
    return [
        Pending(start, end, here.depth + 1, default_type, alternative, index == 0, head.content_type)
        for index, (start, end) in enumerate(found)
    ]
