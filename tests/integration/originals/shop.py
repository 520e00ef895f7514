"""A workspace that mail comes to, for tests of how originals are kept."""

import random
from collections.abc import Sequence
from email.message import EmailMessage

from posthus.conversations.filing import file_events
from posthus.conversations.originals import raw_event
from posthus.conversations.removing import remove_messages
from posthus.database.identifiers import message_id_of
from posthus.database.pool import Database
from posthus.intake.inbox import NewEvent, receive
from posthus.jobs import EventId, FileEvent, SourceId, WorkspaceId
from posthus.originals.objects import NO_OBJECTS, Objects

LOGO = random.Random(1).randbytes(30_000)


class Shop:
    """A workspace that mail comes to."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as connection:
            [(workspace,)] = connection.execute(
                "insert into posthus.workspace (name) values ('Butik') returning id"
            ).fetchall()
            [(source,)] = connection.execute(
                "insert into posthus.source (workspace_id, kind, name) values (%s, 'import', 'Gammel post') returning id",
                (workspace,),
            ).fetchall()
        self.workspace_id, self.source_id = WorkspaceId(workspace), SourceId(source)

    def take_in(self, mails: Sequence[bytes]) -> list[EventId]:
        events = [NewEvent(self.workspace_id, self.source_id, "mail", mail, permanent=True) for mail in mails]
        with self.database.transaction() as connection:
            found = [one.event_id for one in receive(connection, events)]
            file_events(connection, [FileEvent(self.workspace_id, self.source_id, one) for one in found])
        return found

    def read(self, event_id: EventId, objects: Objects = NO_OBJECTS) -> bytes:
        with self.database.transaction() as connection:
            found = raw_event(connection, self.workspace_id, message_id_of(event_id, 0), objects)
        assert found is not None
        return found.content

    def remove(self, event_id: EventId) -> None:
        with self.database.transaction() as connection:
            remove_messages(connection, self.workspace_id, [message_id_of(event_id, 0)])

    def ask(self, query: str) -> list[tuple[object, ...]]:
        with self.database.transaction() as connection:
            return connection.execute(query.encode()).fetchall()


def letter(number: int, file: bytes = LOGO, domain: str = "kunde.example") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"] = (
        f"Bo <bo@{domain}>",
        f"Ordre {number}",
        f"<{number}@{domain}>",
    )
    mail.set_content(f"Hej, her er ordre nummer {number} med vores logo.\n" * 3)
    if file:
        mail.add_attachment(file, maintype="image", subtype="png", filename="logo.png")
        mail.set_boundary(f"grens-{number}")
    return mail.as_bytes()
