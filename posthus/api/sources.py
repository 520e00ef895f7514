"""Where things come from: made, changed, rotated and tried out."""

from collections.abc import Callable
from typing import Literal, TypeVar, cast

from fastapi import APIRouter, Response
from psycopg import Connection

from posthus.api.answers import Answered
from posthus.api.conversations import Number, Paged
from posthus.api.pages import make_cursor, read_pair
from posthus.api.parts import SourceNumbers
from posthus.api.problems import Refusal, not_found
from posthus.api.shapes.shape import Page
from posthus.api.shapes.sources import NewSource, Sent, Source, SourceChange, SourceSecret
from posthus.api.trial import trial_event
from posthus.api.visits import Reader, SourceKeeper, Visit
from posthus.intake import sources as intake
from posthus.intake.inbox import receive
from posthus.intake.secrets import SecretKeyError
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
    with visit.desk.database.transaction() as connection:
        numbers = visit.desk.parts.source_numbers(connection, visit.caller.workspace_id)
    rest = [one for one in sorted(every, key=_place) if after is None or _place(one) > after]
    shown = rest[: paging.limit]
    more = make_cursor("sources", _place(shown[-1])) if len(rest) > paging.limit else None
    return Page(items=[_source(visit, one, numbers.get(one.id, _NOTHING)) for one in shown], next_cursor=more)


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
            settings=intake.Settings(mapping=new.mapping) if new.mapping else intake.Settings(),
        )
        made = intake.add_source(connection, wanted, visit.desk.parts.keyring)
        visit.note(
            connection, "source_added", f"source:{made.id}", {"kind": new.kind, "provider": new.provider}
        )
        return _secret(visit, made)

    return visit.writing(lambda connection: _refusing(lambda: add(connection)), 201)


@router.patch("/{id}", response_model=Source)
def change_source(visit: SourceKeeper, number: Number, change: SourceChange) -> Response:
    """Rename a source, switch it on or off, or map its fields."""

    def apply(connection: Connection) -> Source:
        _known(visit, connection, number)
        wanted = intake.SourceChange(
            name=change.name,
            enabled=change.enabled,
            settings=intake.Settings(mapping=change.mapping) if change.mapping is not None else None,
        )
        changed = intake.change_source(connection, visit.caller.workspace_id, SourceId(number), wanted)
        fields = sorted(change.model_dump(exclude_none=True))
        visit.note(connection, "source_changed", f"source:{number}", {"fields": fields})
        numbers = visit.desk.parts.source_numbers(connection, visit.caller.workspace_id)
        return _source(visit, changed, numbers.get(SourceId(number), _NOTHING))

    # The numbers are counted from the queue's tables, which are the owner's alone.
    return visit.writing_as_owner(lambda connection: _refusing(lambda: apply(connection)))


@router.post("/{id}/rotate", response_model=SourceSecret)
def rotate_secret(visit: SourceKeeper, number: Number) -> Response:
    """A new secret; the old one is refused from now on."""

    def rotate(connection: Connection) -> SourceSecret:
        _known(visit, connection, number)
        keyring = visit.desk.parts.keyring
        rotated = intake.rotate_secret(connection, visit.caller.workspace_id, SourceId(number), keyring)
        visit.note(connection, "secret_rotated", f"source:{number}", {})
        return _secret(visit, rotated)

    return visit.writing(lambda connection: _refusing(lambda: rotate(connection)))


@router.post("/{id}/test", response_model=Sent)
def send_test(visit: SourceKeeper, number: Number) -> Response:
    """Put a test event in through the real intake."""

    def send(connection: Connection) -> Sent:
        source = _known(visit, connection, number)
        if not source.enabled:
            raise Refusal(409, "The source is switched off; switch it on first.")
        visit.note(connection, "test_sent", f"source:{number}", {})
        (received,) = receive(connection, [trial_event(source, visit.caller.name)])
        return Sent(event_id=received.event_id)

    # Events are queued by the owner: the queue is no member's to write.
    return visit.writing_as_owner(send)


def _refusing(work: Callable[[], Made]) -> Made:
    try:
        return work()
    except intake.SourceError as error:
        raise Refusal(422, _sentence(error)) from error
    except SecretKeyError as error:
        raise Refusal(503, _sentence(error)) from error


def _sentence(error: Exception) -> str:
    return f"{str(error)[:1].upper()}{str(error)[1:]}."


def _known(visit: Visit, connection: Connection, number: int) -> intake.Source:
    source = intake.source_by_id(connection, visit.caller.workspace_id, SourceId(number))
    if source is None:
        raise not_found("source")
    return source


def _place(source: intake.Source) -> tuple[str, int]:
    return (source.name.casefold(), source.id)


def _source(visit: Visit, source: intake.Source, numbers: SourceNumbers) -> Source:
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
    )


def _secret(visit: Visit, made: intake.SourceSecret) -> SourceSecret:
    return SourceSecret(id=made.id, url=_url(visit, made.token), address=made.address, secret=made.secret)


def _url(visit: Visit, token: str | None) -> str | None:
    return f"{visit.desk.settings.public_url.rstrip('/')}/in/{token}" if token else None
