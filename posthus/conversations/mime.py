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


def split_body(
    raw: bytes, start: int, end: int, boundary: bytes, limit: int
) -> tuple[list[tuple[int, int]], bool]:
    """Stretches between delimiter lines (RFC 2046, 5.1.1), at most `limit`, and whether that cut some off."""
    mark = b"--" + boundary
    found: list[tuple[int, int]] = []
    open_at = -1
    position = raw.find(mark, start, end)
    while position != -1:
        after = position + len(mark)
        closing = raw.startswith(b"--", after)
        stop, following = next_line(raw, after, min(end, after + 200))
        alone = not raw[after + 2 * closing : stop].strip(b" \t\r")
        if alone and (position == start or raw[position - 1] in b"\r\n"):
            if open_at >= 0:
                found.append((open_at, before_newline(raw, open_at, position)))
            open_at = following
            if closing or len(found) >= limit:
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


def stretches(
    raw: bytes, start: int, end: int, boundary: bytes, limit: int
) -> tuple[list[tuple[int, int]], bool]:
    """As `split_body`, with the boundary guessed where the declared one never occurs."""
    if boundary:
        found, cut = split_body(raw, start, end, boundary, limit)
        if found or cut:
            return found, cut
    guess = GUESSED_BOUNDARY.search(raw, start, min(end, start + 20_000))
    if guess is None:
        return [], False
    return split_body(raw, start, end, guess.group(1), limit)


def read_tree(raw: bytes) -> Tree:
    """All leaves of a raw message; iterative, so nesting costs no stack."""
    tree = Tree()
    todo = [Pending(0, len(raw))]
    nodes = 0
    while todo:
        here = todo.pop()
        nodes += 1
        fields, body, odd = split_fields(raw, here.start, here.end)
        content_type, parameters = split_parameters(
            next((value for name, value in fields if name == "content-type"), b"")
        )
        if "/" not in content_type:
            content_type = here.default_type
        if nodes == 1:
            tree.fields, tree.content_type = fields, content_type
        if odd:
            tree.defects.append("odd_header_line")
        children: list[Pending] = []
        if content_type.startswith("multipart/"):
            children = inside(raw, (body, here.end), here, (content_type, parameters), tree)
        if children and nodes + len(todo) + len(children) > MAX_NODES:
            tree.cut = True
            tree.defects.append("too_many_parts")
            children = children[: max(0, MAX_NODES - nodes - len(todo))]
        elif not children:
            leaf_type = "text/plain" if content_type.startswith("multipart/") else content_type
            tree.leaves.append(
                Part(
                    fields,
                    leaf_type,
                    parameters,
                    raw[body : here.end],
                    here.alternative,
                    here.first,
                    here.container,
                )
            )
        todo.extend(reversed(children))
    return tree


def inside(
    raw: bytes, span: tuple[int, int], here: Pending, declared: tuple[str, Parameters], tree: Tree
) -> list[Pending]:
    """The children of a container, as work still to do."""
    content_type, parameters = declared
    if here.depth >= MAX_DEPTH:
        tree.cut = True
        tree.defects.append("too_deep")
        return []
    boundary = parameters.get("boundary", b"").rstrip()
    found, cut = stretches(raw, *span, boundary, MAX_NODES)
    if cut and len(found) >= MAX_NODES:
        tree.cut = True
        tree.defects.append("too_many_parts")
    alternative = here.alternative
    if alternative is None and content_type == "multipart/alternative":
        alternative = span[0]
    default_type = "message/rfc822" if content_type == "multipart/digest" else "text/plain"
    return [
        Pending(start, end, here.depth + 1, default_type, alternative, index == 0, content_type)
        for index, (start, end) in enumerate(found)
    ]
