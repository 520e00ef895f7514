"""Where things come from: made, changed, rotated and tried out."""

from collections.abc import Callable
from datetime import timedelta
from typing import Literal, TypeVar, cast

from fastapi import APIRouter, Response
from psycopg import Connection

from posthus.api.answers import Answered
from posthus.api.conversations import Number, Paged
from posthus.api.pages import make_cursor, read_pair
from posthus.api.parts import SourceNumbers
from posthus.api.problems import Refusal, not_found, sentence
from posthus.api.shapes.shape import Page
from posthus.api.shapes.sources import (
    NewSource,
    Provider,
    Rotate,
    Sent,
    Source,
    SourceChange,
    SourceSecret,
    Unverified,
)
from posthus.api.visits import Reader, SourceKeeper, Visit
from posthus.intake import sources as intake
from posthus.intake.inbox import receive
from posthus.intake.mappings import save_mapping
from posthus.intake.providers.table import PRESETS
from posthus.intake.rejections import Refused, refused_lately
from posthus.intake.rotation import Rotation
from posthus.intake.rotation import rotate_secret as rotate
from posthus.intake.secrets import SecretKeyError
from posthus.intake.trial import Trial, trial_event
from posthus.jobs import SourceId

router = APIRouter(prefix="/api/v1/sources", route_class=Answered, tags=["sources"])
Made = TypeVar("Made")
Kind = Literal["webhook", "smtp", "imap", "import"]
_NOTHING = SourceNumbers(
    received=0, stored=0, filed=0, indexed=0, messages=0, buried=0, complete=True, last_event_at=None
)


@router.get("")
def list_sources(visit: Reader, paging: Paged) -> Page[Source]:
    """Every source, with the proof that nothing is missing; who may not manage them sees no addresses in."""
    after = read_pair("sources", paging.cursor, str, int)
    with visit.reading() as connection:
        every = intake.sources(connection, visit.caller.workspace_id)
        refused = refused_lately(connection, visit.caller.workspace_id)
    with visit.desk.database.transaction() as connection:
        numbers = visit.desk.parts.source_numbers(connection, visit.caller.workspace_id)
    rest = [one for one in sorted(every, key=_place) if after is None or _place(one) > after]
    shown = rest[: paging.limit]
    more = make_cursor("sources", _place(shown[-1])) if len(rest) > paging.limit else None
    items = [_source(visit, one, numbers.get(one.id, _NOTHING), refused.get(one.id)) for one in shown]
    return Page(items=items, next_cursor=more)


@router.get("/providers")
def list_providers(visit: SourceKeeper) -> list[Provider]:  # noqa: ARG001 - who may add sources may ask
    """Every provider whose webhooks are understood."""
    return [
        Provider(
            name=preset.name,
            made_by=preset.made_by,
            optional=preset.optional,
            handshake=preset.handshake,
            unverified=preset.manner.unverified,
        )
        for preset in PRESETS.values()
    ]


@router.post("", response_model=SourceSecret, status_code=201)
def add_source(visit: SourceKeeper, new: NewSource) -> Response:
    """A new source; its secret is shown this once."""

    def add(connection: Connection) -> SourceSecret:
        wanted = intake.NewSource(
            workspace_id=visit.caller.workspace_id,
            kind=new.kind,
            name=new.name,
            provider=new.provider,
            address=new.address,
            secret=new.secret,
            signed=new.signed,
            settings=_settings(new.unverified),
        )
        made = intake.add_source(connection, wanted, visit.desk.parts.keyring)
        if new.mapping:
            save_mapping(connection, (visit.caller.workspace_id, made.id), new.mapping, visit.caller.name)
        visit.note(
            connection, "source_added", f"source:{made.id}", {"kind": new.kind, "provider": new.provider}
        )
        return _secret(visit, made)

    return visit.writing(lambda connection: _refusing(lambda: add(connection)), 201)


@router.patch("/{id}", response_model=Source)
def change_source(visit: SourceKeeper, number: Number, change: SourceChange) -> Response:
    """Rename a source, switch it on or off, limit it, or map its fields."""

    def apply(connection: Connection) -> Source:
        _known(visit, connection, number)
        wanted = intake.SourceChange(
            name=change.name,
            enabled=change.enabled,
            settings=_settings(change.unverified, change.per_minute),
        )
        if change.mapping is not None:
            place = (visit.caller.workspace_id, SourceId(number))
            save_mapping(connection, place, change.mapping, visit.caller.name)
        changed = intake.change_source(connection, visit.caller.workspace_id, SourceId(number), wanted)
        fields = sorted(change.model_dump(exclude_none=True))
        visit.note(connection, "source_changed", f"source:{number}", {"fields": fields})
        numbers = visit.desk.parts.source_numbers(connection, visit.caller.workspace_id)
        refused = refused_lately(connection, visit.caller.workspace_id)
        return _source(visit, changed, numbers.get(changed.id, _NOTHING), refused.get(changed.id))

    # The numbers are counted from the queue's tables, which are the owner's alone.
    return visit.writing_as_owner(lambda connection: _refusing(lambda: apply(connection)))


@router.post("/{id}/rotate", response_model=SourceSecret)
def rotate_secret(visit: SourceKeeper, number: Number, wanted: Rotate = Rotate()) -> Response:  # noqa: B008 - frozen
    """Another secret, ours or the provider's; the former one is good for the hours asked for, else no longer."""

    def change(connection: Connection) -> SourceSecret:
        _known(visit, connection, number)
        place = (visit.caller.workspace_id, SourceId(number))
        rotation = Rotation(wanted.secret, timedelta(hours=wanted.overlap_hours))
        rotated = rotate(connection, place, visit.desk.parts.keyring, rotation)
        detail = {"overlap_hours": wanted.overlap_hours, "given": wanted.secret is not None}
        visit.note(connection, "secret_rotated", f"source:{number}", detail)
        return _secret(visit, rotated)

    return visit.writing(lambda connection: _refusing(lambda: change(connection)))


@router.post("/{id}/test", response_model=Sent)
def send_test(visit: SourceKeeper, number: Number) -> Response:
    """Put a test event in through the real intake."""

    def send(connection: Connection) -> Sent:
        source = _known(visit, connection, number)
        if not source.enabled:
            raise Refusal(409, "The source is switched off; switch it on first.")
        visit.note(connection, "test_sent", f"source:{number}", {})
        trial = Trial(visit.caller.name, visit.desk.parts.keyring, visit.desk.settings.public_url)
        (received,) = receive(connection, [trial_event(source, trial)])
        return Sent(event_id=received.event_id)

    # Events are queued by the owner: the queue is no member's to write.
    return visit.writing_as_owner(lambda connection: _refusing(lambda: send(connection)))


def _refusing(work: Callable[[], Made]) -> Made:
    try:
        return work()
    except intake.SourceError as error:
        raise Refusal(422, sentence(error)) from error
    except SecretKeyError as error:
        raise Refusal(503, sentence(error)) from error


def _known(visit: Visit, connection: Connection, number: int) -> intake.Source:
    source = intake.source_by_id(connection, visit.caller.workspace_id, SourceId(number))
    if source is None:
        raise not_found("source")
    return source


def _place(source: intake.Source) -> tuple[str, int]:
    return (source.name.casefold(), source.id)


def _source(visit: Visit, source: intake.Source, numbers: SourceNumbers, refused: Refused | None) -> Source:
    keeper = "sources" in visit.caller.rights
    return Source(
        id=source.id,
        name=source.name,
        kind=cast("Kind", source.kind),
        provider=source.provider,
        url=_url(visit, source.token) if keeper else None,
        address=source.address,
        enabled=source.enabled,
        has_secret=source.secret is not None,
        received=numbers.received,
        stored=numbers.stored,
        filed=numbers.filed,
        indexed=numbers.indexed,
        messages=numbers.messages,
        buried=numbers.buried,
        last_event_at=numbers.last_event_at,
        complete=numbers.complete,
        unverified=source.unverified,
        per_minute=source.per_minute,
        kept_aside=source.kept_aside,
        former_until=source.former_until,
        refused=refused.count if refused else 0,
        refused_for=refused.reason if refused else None,
    )


def _settings(unverified: Unverified | None, per_minute: int | None = None) -> intake.Settings:
    settings = intake.Settings(unverified=unverified) if unverified else intake.Settings()
    if per_minute is not None:
        settings["per_minute"] = per_minute
    return settings


def _secret(visit: Visit, made: intake.SourceSecret) -> SourceSecret:
    return SourceSecret(
        id=made.id,
        url=_url(visit, made.token),
        address=made.address,
        secret=made.secret,
        former_until=made.former_until,
    )


def _url(visit: Visit, token: str | None) -> str | None:
    return f"{visit.desk.settings.public_url.rstrip('/')}/in/{token}" if token else None
