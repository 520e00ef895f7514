"""One source looked at closely: its field mapping with history and preview, what came and what was refused."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal

from fastapi import APIRouter, Response
from psycopg import Connection

from posthus.api.answers import Answered
from posthus.api.conversations import Number
from posthus.api.problems import Refusal, not_found, sentence
from posthus.api.shapes.sources import (
    MappingFields,
    Mappings,
    MappingVersion,
    Preview,
    PreviewMessage,
    ReceivedAt,
    RefusedFor,
    SourceActivity,
)
from posthus.api.visits import Reader, SourceKeeper, Visit
from posthus.conversations.chats import FIELDS
from posthus.conversations.parsed import ParsedChat
from posthus.conversations.payloads.payload import Found
from posthus.conversations.payloads.read import read_webhook
from posthus.intake import mappings as kept
from posthus.intake.rejections import Rejections, received_by, rejections
from posthus.intake.sources import Source, SourceError, source_by_id
from posthus.jobs import SourceId
from posthus.originals.packing import unpack

router = APIRouter(prefix="/api/v1/sources/{id}", route_class=Answered, tags=["sources"])
_SHOWN_CHARACTERS = 20_000
_SHOWN_MESSAGES = 20


@router.get("/mappings")
def list_mappings(visit: SourceKeeper, number: Number) -> Mappings:
    """The mapping in use and every one before it."""
    with visit.reading() as connection:
        source = _known(visit, connection, number)
        found = kept.mappings(connection, source.workspace_id, source.id)
    return Mappings(fields=list(FIELDS), versions=[_version(one) for one in found])


@router.post("/mappings", response_model=MappingVersion, status_code=201)
def save_mapping(visit: SourceKeeper, number: Number, wanted: MappingFields) -> Response:
    """Use this mapping from now on; a replay reads what came before by it too."""

    def save(connection: Connection) -> MappingVersion:
        source = _known(visit, connection, number)
        place = (source.workspace_id, source.id)
        saved = kept.save_mapping(connection, place, wanted.mapping, visit.caller.name)
        visit.note(connection, "mapping_saved", f"source:{number}", {"version": saved.version})
        return _version(saved)

    return visit.writing(lambda connection: _refusing(save, connection), 201)


@router.post("/mappings/{version}/restore", response_model=MappingVersion, status_code=201)
def restore_mapping(visit: SourceKeeper, number: Number, version: int) -> Response:
    """Use an earlier mapping again, as a new version."""

    def restore(connection: Connection) -> MappingVersion:
        source = _known(visit, connection, number)
        place = (source.workspace_id, source.id)
        saved = kept.restore_mapping(connection, place, version, visit.caller.name)
        detail = {"version": saved.version, "restored": version}
        visit.note(connection, "mapping_saved", f"source:{number}", detail)
        return _version(saved)

    return visit.writing(lambda connection: _refusing(restore, connection), 201)


@router.post("/mappings/preview")
def preview_mapping(visit: SourceKeeper, number: Number, wanted: MappingFields) -> Preview:
    """What the newest event of the source would become by this mapping; nothing is changed."""
    with visit.reading() as connection:
        source = _known(visit, connection, number)
        events = kept.last_events(connection, source.workspace_id, source.id, 1)
    try:
        mapping = kept.checked(wanted.mapping)
    except SourceError as error:
        raise Refusal(422, sentence(error)) from error
    if not events:
        return Preview(event_id=None, payload="", payload_cut=False, messages=[])
    event = events[0]
    body = unpack(event.codec, bytes(event.body))
    found = read_webhook(source.provider, event.headers, body, mapping)
    shown = body[: _SHOWN_CHARACTERS * 4].decode("utf-8", "replace")
    return Preview(
        event_id=event.id,
        payload=shown[:_SHOWN_CHARACTERS],
        payload_cut=len(body) > len(shown[:_SHOWN_CHARACTERS].encode()),
        messages=[_message(one) for one in found[:_SHOWN_MESSAGES]],
    )


@router.get("/activity")
def read_activity(visit: Reader, number: Number, step: Literal["hour", "day"] = "hour") -> SourceActivity:
    """The last 24 hours by hours, or the last 30 days by days."""
    width, count = (timedelta(hours=1), 24) if step == "hour" else (timedelta(days=1), 30)
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    newest = now if step == "hour" else now.replace(hour=0)
    since = newest - width * (count - 1)
    with visit.reading() as connection:
        source = _known(visit, connection, number)
        received = received_by(connection, (source.workspace_id, source.id), since, width)
        refused = rejections(connection, source.workspace_id, source.id, since)
    return SourceActivity(
        step=step,
        received=[
            ReceivedAt(
                at=one.at,
                received=one.received,
                refused=sum(each.count for each in refused if one.at <= each.hour < one.at + width),
            )
            for one in received
        ],
        refused=_by_reason(refused),
    )


def _by_reason(refused: list[Rejections]) -> list[RefusedFor]:
    newest: dict[str, Rejections] = {}
    counts: dict[str, int] = {}
    for one in sorted(refused, key=lambda each: each.last_at):
        newest[one.reason] = one
        counts[one.reason] = counts.get(one.reason, 0) + one.count
    return [
        RefusedFor(reason=reason, count=counts[reason], last_at=one.last_at, detail=one.detail)
        for reason, one in sorted(newest.items(), key=lambda each: -counts[each[0]])
    ]


def _message(found: Found) -> PreviewMessage:
    if isinstance(found, ParsedChat):
        return PreviewMessage(
            channel=found.channel,
            direction=found.direction,
            subject=found.subject,
            text=found.text[:_SHOWN_CHARACTERS],
            from_name=found.from_name,
            from_address=found.from_address or "",
            from_phone=found.from_phone or "",
            company=found.company_name or "",
            conversation_key=found.conversation_key or "",
            sent_at=found.sent_at,
            defects=list(found.defects),
        )
    author = found.from_ or found.sender
    return PreviewMessage(
        channel="email",
        direction="in",
        subject=found.subject,
        text=found.text[:_SHOWN_CHARACTERS],
        from_name=author.name if author else "",
        from_address=author.address if author else "",
        from_phone="",
        company="",
        conversation_key=found.message_id,
        sent_at=found.date,
        defects=list(found.defects),
    )


def _version(one: kept.MappingVersion) -> MappingVersion:
    return MappingVersion(
        version=one.version, mapping=dict(one.mapping), saved_at=one.saved_at, saved_by=one.saved_by
    )


def _refusing(work: Callable[[Connection], MappingVersion], connection: Connection) -> MappingVersion:
    try:
        return work(connection)
    except SourceError as error:
        raise Refusal(422, sentence(error)) from error


def _known(visit: Visit, connection: Connection, number: int) -> Source:
    source = source_by_id(connection, visit.caller.workspace_id, SourceId(number))
    if source is None:
        raise not_found("source")
    return source
