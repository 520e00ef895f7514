"""Conversations about the same as one: near its mean vector, or by its subject's words while it has no vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import numpy as np
import orjson
from psycopg import Connection
from psycopg.types.json import Jsonb

from posthus.database.pool import row, rows
from posthus.database.queries import load
from posthus.jobs import ContactId, ConversationId, WorkspaceId
from posthus.search.arms import Model, near, nearest, plan_meaning
from posthus.search.fusion import fuse
from posthus.search.plan import Thresholds
from posthus.search.request import FoundContact, Named, SearchRequest, Status
from posthus.search.snippet import SpanRow, new_text, snippet
from posthus.search.standing import stand
from posthus.search.steps import Steps
from posthus.search.wording import understand

SQL = load(__file__, "similar.sql")
LEAST_LIKENESS = 0.25
MOST_LOOKED_AT = 60


@dataclass(frozen=True, slots=True)
class Similar:
    """A conversation about the same; `likeness` is the cosine of the nearest passage, 0 where words were compared."""

    conversation_id: ConversationId
    message_id: UUID
    subject: str
    snippet: str
    status: Status
    last_message_at: datetime
    contact: FoundContact | None
    company: Named | None
    likeness: float


@dataclass(frozen=True, slots=True)
class SimilarOnes:
    """The nearest first, and how they were found."""

    items: tuple[Similar, ...]
    by: Literal["meaning", "words", "nothing"]


@dataclass(frozen=True, slots=True)
class _Subject:
    id: int
    subject: str


@dataclass(frozen=True, slots=True)
class _Mean:
    model: int
    mean: str
    vectors: int


@dataclass(frozen=True, slots=True)
class _Row:
    conversation_id: ConversationId
    message_id: UUID
    subject: str
    status: Status
    last_message_at: datetime
    likeness: float
    body_text: str
    spans: list[SpanRow]
    chunk_start: int | None
    chunk_end: int | None
    contact_id: ContactId | None
    contact_name: str
    company_id: int | None
    company_name: str
    contact_address: str


def similar(
    connection: Connection, workspace: WorkspaceId, conversation: ConversationId, most: int = 5
) -> SimilarOnes | None:
    """Conversations about the same, never the conversation itself; None where there is no such conversation."""
    given = {"workspace": workspace, "conversation": conversation}
    subject = row(connection, SQL["conversation_subject"], given, _Subject)
    if subject is None:
        return None
    own = ConversationId(subject.id)
    mean = row(connection, SQL["vectors_of_conversation"], {**given, "conversation": own}, _Mean)
    if mean is not None:
        near_ones = _by_meaning(connection, workspace, mean)
        return SimilarOnes(_shown(connection, workspace, own, near_ones, most), "meaning")
    if not subject.subject.strip():
        return SimilarOnes((), "nothing")
    found = _by_words(connection, workspace, subject.subject)
    return SimilarOnes(_shown(connection, workspace, own, found, most), "words")


def _by_meaning(connection: Connection, workspace: WorkspaceId, mean: _Mean) -> list[dict[str, object]]:
    raw = np.array(orjson.loads(mean.mean), dtype=np.float32)
    length = float(np.linalg.norm(raw))
    if not length:
        return []
    request = SearchRequest(workspace, "", "meaning")
    said = understand(connection, request)
    plan = plan_meaning(connection, request, said, mean.model, Thresholds())
    found = near(connection, said.parameters(workspace), (Model(mean.model, len(raw)), raw / length), plan)
    return [
        {"id": str(one.message_id), "chunk_id": one.chunk_id, "likeness": one.likeness}
        for one in nearest(found)
        if one.likeness >= LEAST_LIKENESS
    ][:MOST_LOOKED_AT]


def _by_words(connection: Connection, workspace: WorkspaceId, subject: str) -> list[dict[str, object]]:
    # Quotation marks, minus and filters mean nothing in a subject.
    text = " ".join("".join(letter if letter.isalnum() else " " for letter in subject).split())
    standing = stand(connection, SearchRequest(workspace, text, "words"), None, Thresholds(), Steps())
    found = fuse(standing.arms())[:MOST_LOOKED_AT]
    return [{"id": str(one.id), "chunk_id": None, "likeness": one.score} for one in found]


def _shown(
    connection: Connection,
    workspace: WorkspaceId,
    own: ConversationId,
    found: Sequence[dict[str, object]],
    most: int,
) -> tuple[Similar, ...]:
    if not found:
        return ()
    given = {"workspace": workspace, "conversation": own, "found": Jsonb(found), "most": most}
    return tuple(_similar(one) for one in rows(connection, SQL["similar_shown"], given, _Row))


def _similar(one: _Row) -> Similar:
    within = None
    if one.chunk_start is not None and one.chunk_end is not None and one.chunk_end > one.chunk_start:
        within = (one.chunk_start, one.chunk_end)
    contact = None
    if one.contact_id is not None:
        contact = FoundContact(one.contact_id, one.contact_name, one.contact_address)
    return Similar(
        conversation_id=one.conversation_id,
        message_id=one.message_id,
        subject=one.subject,
        snippet=snippet(new_text(one.body_text, one.spans, within), ()).text,
        status=one.status,
        last_message_at=one.last_message_at,
        contact=contact,
        company=None if one.company_id is None else Named(one.company_id, one.company_name),
        likeness=one.likeness if one.chunk_start is not None else 0.0,
    )
