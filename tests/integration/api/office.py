"""Mail and chats put into a house the real way: received, filed, linked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import UUID

import psycopg

from posthus.conversations.filing import file_events
from posthus.conversations.linking import link_messages
from posthus.database.pool import Database
from posthus.intake.inbox import NewEvent, receive
from posthus.intake.sources import NewSource, add_source
from posthus.jobs import FileEvent, LinkMessage, MessageId, SourceId
from tests.integration.api.conftest import House

PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")
BEGIN = datetime.now(UTC) - timedelta(days=1)


@dataclass(frozen=True)
class Letter:
    """A mail as it travels, and what it is called."""

    message_id: str
    raw: bytes


@dataclass
class Office:
    """One house with a source, into which mail is put."""

    database: Database
    house: House
    source_id: SourceId = field(init=False)
    sent: int = 0

    def __post_init__(self) -> None:
        with self.database.transaction() as connection:
            address = f"post@{self.house.id}.example.dk"
            new = NewSource(self.house.id, "smtp", "Post", address=address)
            self.source_id = add_source(connection, new).id

    def mail(
        self, subject: str, text: str = "Goddag", *, answers: Sequence[str] = (), page: str = ""
    ) -> Letter:
        """A mail from a new customer a minute after the one before; with a page it has files as well."""
        self.sent += 1
        mail = EmailMessage()
        mail["From"] = f"Åse Øst <aase@kunde{self.sent}.example.com>"
        mail["To"] = f"post@{self.house.id}.example.dk"
        mail["Subject"] = subject
        mail["Date"] = format_datetime(BEGIN + timedelta(minutes=self.sent))
        mail["Message-ID"] = f"<{self.sent}.{self.house.id}@kunde.example.com>"
        if answers:
            mail["References"] = " ".join(answers)
        mail.set_content(text)
        if page:
            mail.add_alternative(page, subtype="html")
            shown = mail.get_body(("html",))
            assert isinstance(shown, EmailMessage)
            shown.add_related(PIXEL, "image", "png", cid="<pixel@kunde>", filename="pixel.png")
            name = "Tilbud på tag Ø.pdf"
            mail.add_attachment(b"%PDF-1.7 tilbud", maintype="application", subtype="pdf", filename=name)
            mail.add_attachment(b"<script>1</script>", maintype="text", subtype="html", filename="side.html")
        return Letter(str(mail["Message-ID"]), bytes(mail))

    def put(self, *letters: Letter) -> list[UUID]:
        """File and link; the numbers of the messages, oldest first."""
        events = [NewEvent(self.house.id, self.source_id, "mail", letter.raw) for letter in letters]
        with self.database.transaction() as connection:
            received = receive(connection, events)
        jobs = [FileEvent(self.house.id, self.source_id, one.event_id) for one in received]
        with self.database.transaction() as connection:
            file_events(connection, jobs)
            found = connection.execute(
                "select id from posthus.message where event_id = any(%s) order by sent_at",
                ([job.event_id for job in jobs],),
            ).fetchall()
        ids = [MessageId(one) for (one,) in found]
        with self.database.transaction() as connection:
            link_messages(connection, [LinkMessage(self.house.id, self.source_id, one) for one in ids])
        return list(ids)

    def put_many(self, count: int) -> None:
        self.put(*(self.mail(f"Sag {number}") for number in range(count)))


def kill_backend(connection: psycopg.Connection, database_url: str) -> None:
    """End the server's process of a transaction under way; behind a pooler the client's own number is not its."""
    [(backend,)] = connection.execute("select pg_backend_pid()").fetchall()
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute("select pg_terminate_backend(%s, 5000)", (backend,))
