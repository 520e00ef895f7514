"""Exporting and erasing a person with a receipt, and for how long conversations are kept."""

from fastapi import APIRouter, Response
from psycopg import Connection

from posthus.api.answers import Answered
from posthus.api.conversations import Number, Paged
from posthus.api.messages import content_disposition
from posthus.api.pages import make_cursor, read_cursor
from posthus.api.people import contact_shape
from posthus.api.problems import Refusal, not_found
from posthus.api.shapes.changes import Errand
from posthus.api.shapes.privacy import (
    EraseOrder,
    Erasure,
    NewRule,
    Receipt,
    Rule,
    RuleChange,
    RulePreview,
    Rules,
)
from posthus.api.shapes.shape import Named, Page
from posthus.api.shaping import errand_shape
from posthus.api.visits import Keeper, Visit
from posthus.conversations import erasing, exporting, retention
from posthus.intake.sources import source_by_id
from posthus.jobs import SourceId

router = APIRouter(prefix="/api/v1", route_class=Answered, tags=["privacy"])
_ZIP: dict[int | str, dict[str, object]] = {200: {"content": {"application/zip": {}}}}
_HELD = "Something of theirs is under legal hold; lift it first if that may be."


@router.post("/contacts/{id}/export", response_model=Errand, status_code=202)
def export_contact(visit: Keeper, number: Number) -> Response:
    """Pack everything of a contact; when the errand is done, its file is at /api/v1/errands/{id}/file."""

    def order(connection: Connection) -> Errand:
        contact = contact_shape(visit, connection, number)
        errand = exporting.order_export(connection, visit.doer, contact.id)
        visit.note(connection, "contact_exported", f"contact:{contact.id}", {"errand": errand.id})
        return errand_shape(errand)

    return visit.writing(order, 202)


@router.get("/errands/{id}/file", response_class=Response, responses=_ZIP)
def read_file(visit: Keeper, number: Number) -> Response:
    """What an export packed, for 30 days."""
    with visit.reading() as connection:
        found = exporting.find_file(connection, visit.caller.workspace_id, number)
    if found is None:
        raise not_found("file")
    headers = {"Content-Disposition": content_disposition("attachment", found.name)}
    return Response(found.body, headers=headers, media_type="application/zip")


@router.get("/contacts/{id}/erasure")
def preview_erasure(visit: Keeper, number: Number) -> Erasure:
    """What erasing a contact would remove."""
    with visit.reading() as connection:
        contact = contact_shape(visit, connection, number)
        found = erasing.would_go(connection, visit.caller.workspace_id, contact.id)
    if found is None:
        raise not_found("contact")
    return Erasure.model_validate(found, from_attributes=True)


@router.post("/contacts/{id}/erase", response_model=Errand, status_code=202)
def erase_contact(visit: Keeper, number: Number, ordered: EraseOrder) -> Response:
    """Erase a contact for good: their messages, conversations, files, notes, vectors and originals."""
    workspace_id = visit.caller.workspace_id

    def order(connection: Connection) -> Errand:
        contact = contact_shape(visit, connection, number)
        said = ordered.confirm.strip().lower()
        if said not in {
            name.strip().lower() for name in erasing.names_of(connection, workspace_id, contact.id)
        }:
            raise Refusal(422, "Type the contact's name, or one of the addresses, to confirm.")
        try:
            errand = erasing.order_erasure(connection, visit.doer, contact.id)
        except erasing.HeldError as error:
            raise Refusal(409, _HELD) from error
        if errand is None:
            raise not_found("contact")
        visit.note(connection, "contact_erased", f"contact:{contact.id}", {"errand": errand.id})
        return errand_shape(errand)

    return visit.writing(order, 202)


@router.get("/receipts")
def list_receipts(visit: Keeper, paging: Paged) -> Page[Receipt]:
    """Who was erased, without saying who: when, by whom, how much, and the hashes of the addresses."""
    before = read_cursor("receipts", paging.cursor, int)
    with visit.reading() as connection:
        found = erasing.list_receipts(connection, visit.caller.workspace_id, before, paging.limit + 1)
    items = [_receipt(one) for one in found[: paging.limit]]
    more = make_cursor("receipts", [items[-1].number]) if len(found) > paging.limit else None
    return Page(items=items, next_cursor=more)


@router.get("/retention")
def list_rules(visit: Keeper) -> Rules:
    """For how long conversations are kept."""
    with visit.reading() as connection:
        return _rules(visit, connection)


@router.post("/retention", response_model=Rule, status_code=201)
def add_rule(visit: Keeper, new: NewRule) -> Response:
    """A new rule; from the next hour on it removes what is older, a little at a time. Look at the preview first."""

    def add(connection: Connection) -> Rule:
        source_id = _source(visit, connection, new.source_id)
        made = retention.add_rule(connection, visit.caller.workspace_id, source_id, new.days)
        if made is None:
            raise Refusal(409, "There is a rule for this already; change that one.")
        visit.note(connection, "retention_added", f"rule:{made}", new.model_dump())
        return _rule(visit, connection, made)

    return visit.writing(add, 201)


@router.post("/retention/preview")
def preview_rule(visit: Keeper, new: NewRule) -> RulePreview:
    """What a rule would remove now; removes nothing."""
    with visit.reading() as connection:
        source_id = _source(visit, connection, new.source_id)
        found = retention.preview(connection, visit.caller.workspace_id, source_id, new.days)
    return RulePreview.model_validate(found, from_attributes=True)


@router.patch("/retention/{id}", response_model=Rule)
def change_rule(visit: Keeper, number: Number, change: RuleChange) -> Response:
    """Another number of days, or switched off or on."""

    def apply(connection: Connection) -> Rule:
        changes = change.model_dump(exclude_unset=True)
        if not retention.change_rule(connection, visit.caller.workspace_id, number, changes):
            raise not_found("rule")
        visit.note(connection, "retention_changed", f"rule:{number}", changes)
        return _rule(visit, connection, number)

    return visit.writing(apply)


@router.delete("/retention/{id}", status_code=204, response_class=Response)
def delete_rule(visit: Keeper, number: Number) -> Response:
    """Keep for ever again; what was removed stays so."""

    def delete(connection: Connection) -> None:
        if not retention.delete_rule(connection, visit.caller.workspace_id, number):
            raise not_found("rule")
        visit.note(connection, "retention_removed", f"rule:{number}", {})

    return visit.writing(delete, 204)


def _source(visit: Visit, connection: Connection, number: int | None) -> SourceId | None:
    if number is None:
        return None
    if source_by_id(connection, visit.caller.workspace_id, SourceId(number)) is None:
        raise not_found("source")
    return SourceId(number)


def _rules(visit: Visit, connection: Connection) -> Rules:
    found = retention.list_rules(connection, visit.caller.workspace_id)
    return Rules(
        items=[
            Rule(
                id=one.id,
                source=None if one.source_id is None else Named(id=one.source_id, name=one.source_name or ""),
                days=one.days,
                enabled=one.enabled,
                last_run_at=one.last_run_at,
                removed=one.removed,
            )
            for one in found
        ]
    )


def _rule(visit: Visit, connection: Connection, number: int) -> Rule:
    return next(one for one in _rules(visit, connection).items if one.id == number)


def _receipt(found: erasing.Receipt) -> Receipt:
    counts = {
        name: int(str(found.result.get(name, 0)))
        for name in ("messages", "originals", "files", "chunks", "conversations", "notes", "redacted")
    }
    addresses = str(found.result.get("addresses", "")).split()
    return Receipt(number=found.id, at=found.at, by=found.actor, addresses=addresses, **counts)
