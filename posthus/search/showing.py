"""Everything that the found messages show, in one query, and a snippet for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from posthus.database.pool import rows
from posthus.database.queries import load
from posthus.jobs import ContactId, ConversationId, MessageId
from posthus.search.folding import sketch
from posthus.search.fusion import Fused
from posthus.search.request import Alike, Channel, FoundContact, Hit, Named, SearchRequest, Why
from posthus.search.snippet import SpanRow, matches, new_text, snippet, words_like

SQL = load(__file__)
NAMES_SHOWN = 5
LONGEST_NAME = 60  # a longer query is a question, not a name


@dataclass(frozen=True, slots=True)
class Found:
    """A found message as the database has it."""

    id: MessageId
    conversation_id: ConversationId | None
    external_id: str | None
    subject: str
    from_name: str
    from_address: str
    sent_at: datetime
    channel: Channel
    body_text: str
    spans: list[SpanRow]
    contact_id: ContactId | None
    contact_name: str
    company_id: int | None
    company_name: str
    source_id: int
    source_name: str
    contact_address: str
    chunk_start: int | None
    chunk_end: int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as a hit, ready but for its score and why, and a sketch of its text."""

    hit: Hit
    sketch: frozenset[int]

    @property
    def alike(self) -> Alike:
        """How it is named where another message stands for it."""
        hit = self.hit
        return Alike(hit.message_id, hit.conversation_id, hit.from_name or hit.from_address, hit.sent_at)

    def why(self, places: Mapping[str, int]) -> Why:
        """What brought it."""
        if set(places) == {"meaning"}:
            return "meaning"
        return "both" if "meaning" in places else "words"


@dataclass(frozen=True, slots=True)
class _Word:
    word: str


def show(
    connection: Connection,
    request: SearchRequest,
    fused: Sequence[Fused],
    chunks: Mapping[UUID, int],
    lexemes: Sequence[str],
) -> dict[UUID, Shown]:
    """The messages of `fused` as they are shown; one that this transaction may not see is left out."""
    if not fused:
        return {}
    wanted = [{"id": str(one.id), "chunk_id": chunks.get(one.id)} for one in fused]
    given = {"workspace": request.workspace_id, "found": Jsonb(wanted)}
    found = {one.id: one for one in rows(connection, SQL["hits"], given, Found)}
    lines = {one.id: _lines(one) for one in found.values()}
    same = _same_stem(connection, [line for both in lines.values() for line in both], lexemes)
    literals = [lexeme for lexeme in lexemes if not lexeme.isalnum() and not lexeme.startswith("-")]
    shown: dict[UUID, Shown] = {}
    for row in found.values():
        line = _best_line(lines[row.id], same, literals)
        shown[row.id] = Shown(_hit(row, line, (same, literals)), sketch(lines[row.id][1]))
    return shown


def people(
    connection: Connection, request: SearchRequest, text: str
) -> tuple[tuple[FoundContact, ...], tuple[Named, ...]]:
    """Contacts and companies whose names or addresses are like the query; none for a whole question."""
    if not 2 <= len(text) <= LONGEST_NAME:
        return (), ()
    given = {"workspace": request.workspace_id, "text": text, "most": NAMES_SHOWN}
    connection.execute(SQL["set_alikeness"])
    contacts = rows(connection, SQL["contacts_like"], given, FoundContact)
    companies = rows(connection, SQL["companies_like"], given, Named)
    return tuple(contacts), tuple(companies)


def _lines(row: Found) -> tuple[str, str]:
    """The chunk that answered, and all that the message newly says."""
    everything = new_text(row.body_text, row.spans)
    if row.chunk_start is None or row.chunk_end is None or row.chunk_end <= row.chunk_start:
        return everything, everything
    return new_text(row.body_text, row.spans, (row.chunk_start, row.chunk_end)), everything


def _best_line(lines: tuple[str, str], words: set[str], literals: Sequence[str]) -> str:
    chunk, everything = lines
    elsewhere = not matches(chunk, words, literals) and matches(everything, words, literals)
    return everything if elsewhere else chunk


def _same_stem(connection: Connection, lines: Sequence[str], lexemes: Sequence[str]) -> set[str]:
    words = {word for line in dict.fromkeys(lines) for word in words_like(line, lexemes)}
    if not words:
        return set()
    given = {"words": sorted(words), "lexemes": list(lexemes)}
    return {found.word for found in rows(connection, SQL["same_stem"], given, _Word)}


def _hit(row: Found, line: str, wanted: tuple[set[str], Sequence[str]]) -> Hit:
    shown = snippet(line, matches(line, *wanted))
    contact = None
    if row.contact_id is not None:
        contact = FoundContact(row.contact_id, row.contact_name, row.contact_address)
    return Hit(
        message_id=row.id,
        conversation_id=row.conversation_id,
        external_id=row.external_id,
        subject=row.subject,
        from_name=row.from_name,
        from_address=row.from_address,
        sent_at=row.sent_at,
        channel=row.channel,
        contact=contact,
        company=None if row.company_id is None else Named(row.company_id, row.company_name),
        source=Named(row.source_id, row.source_name),
        snippet=shown.text,
        highlights=shown.highlights,
        score=0.0,
        why="words",
        alike=(),
    )
