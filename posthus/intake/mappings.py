"""A source's field mapping and every one it has had: saved with a number, shown, taken up again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import jmespath
from jmespath.exceptions import JMESPathError
from psycopg import Connection

from posthus.database.pool import row, rows
from posthus.database.queries import load
from posthus.intake.sources import SourceError
from posthus.jobs import EventId, SourceId, WorkspaceId

SQL = load(__file__, "mappings.sql")
MOST_FIELDS = 40
LONGEST_EXPRESSION = 2_000  # characters


@dataclass(frozen=True, slots=True)
class MappingVersion:
    """One mapping as it was saved."""

    version: int
    mapping: Mapping[str, str]
    saved_at: datetime
    saved_by: str


@dataclass(frozen=True, slots=True)
class SampleEvent:
    """An event to try a mapping on; codec 0 plain, 1 zstd."""

    id: EventId
    headers: Mapping[str, str]
    envelope: Mapping[str, object]
    codec: int
    size: int
    body: bytes


def checked(mapping: Mapping[str, str]) -> dict[str, str]:
    """The mapping without empty fields; raises SourceError for an expression that is none."""
    if len(mapping) > MOST_FIELDS:
        raise SourceError(f"a mapping has {MOST_FIELDS} fields at most")
    kept = {name: expression.strip() for name, expression in mapping.items() if expression.strip()}
    for name, expression in kept.items():
        if len(expression) > LONGEST_EXPRESSION:
            raise SourceError(f"{name}: an expression has {LONGEST_EXPRESSION} characters at most")
        try:
            jmespath.compile(expression)
        except (JMESPathError, RecursionError) as error:
            reason = " ".join(str(error).split())[:200]
            raise SourceError(f"{name}: this is no JMESPath expression ({reason})") from None
    return kept


def save_mapping(
    connection: Connection, place: tuple[WorkspaceId, SourceId], mapping: Mapping[str, str], saved_by: str
) -> MappingVersion:
    """Use this mapping from now on, and keep those before it; raises SourceError."""
    text = json.dumps(checked(mapping))
    which = {"workspace_id": place[0], "source_id": place[1], "mapping": text}
    saved = row(connection, SQL["next_mapping"], {**which, "saved_by": saved_by}, MappingVersion)
    if saved is None:
        raise SourceError(f"there is no source {place[1]}")
    connection.execute(SQL["use_mapping"], which)
    return saved


def mappings(connection: Connection, workspace_id: WorkspaceId, source_id: SourceId) -> list[MappingVersion]:
    """Every mapping a source has had, the newest first."""
    asked = {"workspace_id": workspace_id, "source_id": source_id}
    return rows(connection, SQL["mappings"], asked, MappingVersion)


def restore_mapping(
    connection: Connection, place: tuple[WorkspaceId, SourceId], version: int, saved_by: str
) -> MappingVersion:
    """Use an earlier mapping again, as a new version."""
    asked = {"workspace_id": place[0], "source_id": place[1], "version": version}
    earlier = row(connection, SQL["mapping"], asked, MappingVersion)
    if earlier is None:
        raise SourceError(f"this source has no mapping number {version}")
    return save_mapping(connection, place, earlier.mapping, saved_by)


def last_events(
    connection: Connection, workspace_id: WorkspaceId, source_id: SourceId, limit: int
) -> list[SampleEvent]:
    """The newest webhook events of a source."""
    asked = {"workspace_id": workspace_id, "source_id": source_id, "limit": limit}
    return rows(connection, SQL["last_events"], asked, SampleEvent)
