"""Internal notes, and the people they mention."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from psycopg import Connection

from posthus.api.answers import Answered
from posthus.api.conversations import Number, Paged
from posthus.api.pages import Paging, make_cursor, read_cursor, read_pair
from posthus.api.problems import Refusal, not_found
from posthus.api.shapes.changes import Deleted
from posthus.api.shapes.notes import Mention, MentionCount, MentionsRead, Note, NoteText
from posthus.api.shapes.shape import Named, Page
from posthus.api.shaping import undo_shape
from posthus.api.visits import Reader, Visit, Writer
from posthus.conversations import listing, notes
from posthus.conversations.doer import member_of
from posthus.conversations.notes import About
from posthus.jobs import ConversationId

Unseen = Annotated[bool, Query(description="only those not seen yet")]
router = APIRouter(prefix="/api/v1", route_class=Answered, tags=["notes"])


@router.post("/conversations/{id}/notes", response_model=Note, status_code=201)
def note_conversation(visit: Writer, number: Number, text: NoteText) -> Response:
    """Write a note in a conversation."""

    def add(connection: Connection) -> Note:
        current = listing.current_number(connection, visit.caller.workspace_id, ConversationId(number))
        return _add(visit, connection, About(conversation_id=current), text)

    return visit.writing(add, 201)


@router.get("/contacts/{id}/notes")
def list_contact_notes(visit: Reader, number: Number, paging: Paged) -> Page[Note]:
    """Notes about a contact, newest first."""
    return _list(visit, About(contact_id=number), paging)


@router.post("/contacts/{id}/notes", response_model=Note, status_code=201)
def note_contact(visit: Writer, number: Number, text: NoteText) -> Response:
    """Write a note about a contact."""
    return visit.writing(lambda connection: _add(visit, connection, About(contact_id=number), text), 201)


@router.get("/companies/{id}/notes")
def list_company_notes(visit: Reader, number: Number, paging: Paged) -> Page[Note]:
    """Notes about a company, newest first."""
    return _list(visit, About(company_id=number), paging)


@router.post("/companies/{id}/notes", response_model=Note, status_code=201)
def note_company(visit: Writer, number: Number, text: NoteText) -> Response:
    """Write a note about a company."""
    return visit.writing(lambda connection: _add(visit, connection, About(company_id=number), text), 201)


@router.patch("/notes/{id}", response_model=Note)
def change_note(visit: Writer, number: Number, text: NoteText) -> Response:
    """Another text; only its author may change a note."""

    def apply(connection: Connection) -> Note:
        _own(visit, connection, number, or_manager=False)
        try:
            return note_shape(
                visit, notes.change_note(connection, visit.doer, number, text.text, text.mentions or [])
            )
        except notes.UnknownMemberError as error:
            raise Refusal(422, "Somebody who is mentioned is no member of this workspace.") from error

    return visit.writing(apply)


@router.delete("/notes/{id}", response_model=Deleted)
def delete_note(visit: Writer, number: Number) -> Response:
    """Delete one's own note; managers may delete any."""

    def delete(connection: Connection) -> Deleted:
        _own(visit, connection, number, or_manager=True)
        return Deleted(undo=undo_shape(notes.delete_note(connection, visit.doer, number)))

    return visit.writing(delete)


@router.get("/mentions")
def list_mentions(visit: Reader, paging: Paged, unread: Unseen = False) -> Page[Mention]:  # noqa: FBT002
    """Notes that mention the caller, newest first."""
    _person(visit)
    before = read_cursor("mentions", paging.cursor, int)
    with visit.reading() as connection:
        found = notes.list_mentions(connection, visit.doer, before, paging.limit + 1, unread=unread)
    items = [_mention(visit, one) for one in found[: paging.limit]]
    more = make_cursor("mentions", [items[-1].note.id]) if len(found) > paging.limit else None
    return Page(items=items, next_cursor=more)


@router.get("/mentions/count")
def count_mentions(visit: Reader) -> MentionCount:
    """How many notes mention the caller and were not seen."""
    _person(visit)
    with visit.reading() as connection:
        return MentionCount(unread=notes.count_mentions(connection, visit.doer))


@router.post("/mentions/read", status_code=204, response_class=Response)
def read_mentions(visit: Reader, seen: MentionsRead) -> Response:
    """The caller has seen some notes, or all."""
    _person(visit)
    return visit.writing(lambda connection: notes.read_mentions(connection, visit.doer, seen.note_ids), 204)


def note_shape(visit: Visit, note: notes.Note) -> Note:
    """A note as the API shows it."""
    author_id = member_of(note.author)
    return Note(
        id=note.id,
        author=Named(id=author_id, name=note.author_name or "") if author_id else None,
        text=note.body,
        mentions=[Named.model_validate(one) for one in note.mentions],
        created_at=note.created_at,
        edited_at=note.edited_at,
        editable=note.author == visit.caller.actor and "write" in visit.caller.rights,
    )


def _add(visit: Visit, connection: Connection, about: About, text: NoteText) -> Note:
    try:
        made = notes.add_note(connection, visit.doer, about, text.text, text.mentions or [])
    except notes.UnknownMemberError as error:
        raise Refusal(422, "Somebody who is mentioned is no member of this workspace.") from error
    if made is None:
        raise not_found("conversation, contact or company")
    return note_shape(visit, made)


def _list(visit: Visit, about: About, paging: Paging) -> Page[Note]:
    place = read_pair("notes", paging.cursor, datetime, int)
    after = notes.NotePlace(*place) if place else None
    with visit.reading() as connection:
        found = notes.list_notes(connection, visit.caller.workspace_id, about, after, paging.limit + 1)
    items = found[: paging.limit]
    more = make_cursor("notes", (items[-1].created_at, items[-1].id)) if len(found) > paging.limit else None
    return Page(items=[note_shape(visit, one) for one in items], next_cursor=more)


def _own(visit: Visit, connection: Connection, number: int, *, or_manager: bool) -> None:
    found = notes.find_notes(connection, visit.caller.workspace_id, [number]).get(number)
    if found is None:
        raise not_found("note")
    if found.author != visit.caller.actor and not (or_manager and "operate" in visit.caller.rights):
        raise Refusal(403, "This note is somebody else's.")


def _person(visit: Visit) -> None:
    if visit.caller.member_id is None:
        raise Refusal(403, "An API key is mentioned nowhere; sign in.")


def _mention(visit: Visit, found: notes.Mention) -> Mention:
    note = found.note

    def about(number: int | None) -> Named | None:
        return None if number is None else Named(id=number, name=found.name)

    return Mention(
        note=note_shape(visit, note),
        read=found.read,
        conversation=about(note.conversation_id),
        contact=about(note.contact_id),
        company=about(note.company_id),
    )
