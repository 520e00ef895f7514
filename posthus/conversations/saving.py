"""Drafts to rows: messages with their full-text words, attachments, and their contents once each."""

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from uuid import UUID

import orjson
from psycopg import Connection

from posthus.conversations.charsets import storable
from posthus.conversations.drafts import Draft, StoredEvent
from posthus.conversations.languages import configuration_of
from posthus.conversations.parsed import Address
from posthus.database.queries import load
from posthus.jobs import ContactId, EventId, MessageId, WorkspaceId
from posthus.originals.contents import put_contents

SQL = load(__file__, "filing.sql")
# A tsvector holds at most 1 MB, and a web address is indexed whole and in pieces.
SEARCHED_BYTES = 200_000
SHOWN_RECIPIENTS = 50
REMOTE_IMAGE = re.compile(r"<img\b[^>]{0,2000}?\bsrc\s*=\s*[\"']?\s*(?:https?:|//)", re.IGNORECASE)
PUNCTUATION = re.compile(r"[._\-+@]+")


def save_messages(
    connection: Connection,
    workspace_id: WorkspaceId,
    drafts: Sequence[Draft],
    contacts: Mapping[MessageId, ContactId],
) -> list[tuple[MessageId, StoredEvent]]:
    """Save messages and attachments; running twice, or with a newer parser, meets the same rows.

    Returns the messages that an earlier reading found in these events and this one does not: they are gone.
    """
    attachments, contents = _attachments(drafts)
    if contents:
        put_contents(connection, workspace_id, contents)
    messages = [_row(draft, contacts.get(draft.id)) for draft in drafts]
    read_before = connection.execute(
        SQL["save_messages"], {"workspace_id": workspace_id, "messages": orjson.dumps(messages).decode()}
    ).fetchone()
    counts = [{"id": draft.id, "attachments": len(draft.attachments)} for draft in drafts]
    connection.execute(SQL["drop_attachments"], {"messages": orjson.dumps(counts).decode()})
    if attachments:
        connection.execute(
            SQL["save_attachments"],
            {"workspace_id": workspace_id, "attachments": orjson.dumps(attachments).decode()},
        )
    return _drop_vanished(connection, workspace_id, drafts) if read_before and read_before[0] else []


def _drop_vanished(
    connection: Connection, workspace_id: WorkspaceId, drafts: Sequence[Draft]
) -> list[tuple[MessageId, StoredEvent]]:
    counts: dict[EventId, int] = {}
    events = {draft.event.id: draft.event for draft in drafts}
    for draft in drafts:
        counts[draft.event.id] = max(counts.get(draft.event.id, 0), draft.position + 1)
    asked = [
        {
            "id": event_id,
            "messages": count,
            "from": _in_that_millisecond(event_id, 0),
            "to": _in_that_millisecond(event_id, 1),
        }
        for event_id, count in counts.items()
    ]
    parameters = {"workspace_id": workspace_id, "events": orjson.dumps(asked).decode()}
    gone = connection.execute(SQL["drop_messages"], parameters).fetchall()
    return [(MessageId(message_id), events[event_id]) for message_id, event_id in gone]


def _in_that_millisecond(event_id: EventId, later: int) -> str:
    """The first id of the event's millisecond, or of a later one: its messages' ids lie between."""
    return str(UUID(int=((event_id.int >> 80) + later) << 80))


def _row(draft: Draft, contact_id: ContactId | None) -> dict[str, object]:
    subject = storable(draft.subject)
    return {
        "id": draft.id,
        "event_id": draft.event.id,
        "position": draft.position,
        "source_id": draft.event.source_id,
        "contact_id": contact_id,
        "channel": draft.channel,
        "direction": draft.direction,
        "message_id": storable(draft.message_id) if draft.message_id else None,
        "subject": subject,
        "topic": storable(draft.topic),
        "is_reply": draft.is_reply,
        "from_name": storable(draft.sender.name),
        "from_address": storable(draft.sender.address),
        "recipients": {"to": _people(draft.to), "cc": _people(draft.cc)},
        "sent_at": draft.sent_at,
        "received_at": draft.event.received_at,
        "body_text": storable(draft.text),
        "spans": [[span.kind, span.start, span.end] for span in draft.spans],
        "snippet": storable(draft.snippet),
        "has_html": bool(draft.html),
        "has_remote_images": bool(draft.html and REMOTE_IMAGE.search(draft.html)),
        "language": draft.language,
        "list_id": storable(draft.list_id) if draft.list_id else None,
        "automatic": draft.automatic,
        "bulk": draft.bulk,
        "headers_only": draft.headers_only,
        "defects": [storable(defect) for defect in draft.defects],
        "size": draft.event.size,
        "reference_ids": draft.references,
        "own_references": draft.own_references,
        "thread_index": draft.thread_index,
        "has_attachments": any(not one.inline for one in draft.attachments),
        "configuration": f"pg_catalog.{configuration_of(draft.language)}",
        "names": _names(draft),
        "searched": searched_text(draft),
    }


def searched_text(draft: Draft) -> str:
    """What its words are searched by: a reply's quotes are found where they were first written."""
    if draft.is_reply or len(draft.references) > 1:
        text = "\n".join(draft.text[span.start : span.end] for span in draft.spans if span.kind != "quote")
    else:
        text = draft.text
    text = storable(text[:SEARCHED_BYTES])
    return text.encode()[:SEARCHED_BYTES].decode(errors="ignore")


def _names(draft: Draft) -> str:
    """Names, addresses and file names, whole and in their parts."""
    people = [draft.sender, *draft.to[:SHOWN_RECIPIENTS], *draft.cc[:SHOWN_RECIPIENTS]]
    if draft.person is not None:
        people.append(Address(draft.person.name, draft.person.keys[0][1]))
    written = [text for person in people for text in (person.name, person.address)]
    written += [attachment.name for attachment in draft.attachments[:SHOWN_RECIPIENTS]]
    shown = " ".join(dict.fromkeys(text[:320] for text in written if text))
    return storable(f"{shown} {PUNCTUATION.sub(' ', shown)}")


def _people(addresses: Iterable[Address]) -> list[dict[str, str]]:
    return [{"name": storable(one.name), "address": storable(one.address)} for one in addresses]


def _attachments(drafts: Iterable[Draft]) -> tuple[list[dict[str, object]], dict[bytes, bytes]]:
    found: list[dict[str, object]] = []
    contents: dict[bytes, bytes] = {}
    for draft in drafts:
        for position, attachment in enumerate(draft.attachments):
            digest = sha256(attachment.content).digest()
            contents[digest] = attachment.content
            found.append(
                {
                    "message_id": draft.id,
                    "position": position,
                    "name": storable(attachment.name),
                    "content_type": storable(attachment.content_type),
                    "content_id": storable(attachment.content_id) if attachment.content_id else None,
                    "inline": attachment.inline,
                    "size": len(attachment.content),
                    "sha256": digest.hex(),
                }
            )
    return found, contents
