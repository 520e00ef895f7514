"""Mail in: 250 means committed, anything else is the sender's to try again or give up."""

import asyncio
import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from posthus.database.embedded import EmbeddedPostgres
from posthus.database.migrate import migrate
from posthus.database.pool import Database
from posthus.intake.smtp import SmtpService
from posthus.intake.smtp_settings import SmtpSettings
from posthus.intake.sources import NewSource, Source, SourceChange, add_source, change_source
from posthus.jobs import WorkspaceId

MakeSource = Callable[[NewSource], Source]
MAIL = b"From: kunde@example.com\r\nSubject: Hej\r\n\r\nHvor er pakken?\r\n.\r\n..to prikker\r\n"


class Running:
    """The service in a thread of its own, with its address."""

    def __init__(self, url: str, settings: SmtpSettings) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

        async def start() -> tuple[str, int]:
            self.service = SmtpService(url, settings)
            return await self.service.start()

        self.host, self.port = asyncio.run_coroutine_threadsafe(start(), self.loop).result(30)

    def stop(self) -> None:
        if self.thread.is_alive():
            asyncio.run_coroutine_threadsafe(self.service.stop(), self.loop).result(30)
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.thread.join(30)
            self.loop.close()

    def client(self) -> smtplib.SMTP:
        return smtplib.SMTP(self.host, self.port, local_hostname="client.example", timeout=30)


@contextmanager
def running(url: str, settings: SmtpSettings | None = None) -> Iterator[Running]:
    service = Running(url, settings or SmtpSettings(port=0, hostname="mx.example"))
    try:
        yield service
    finally:
        service.stop()


@pytest.fixture
def post(make_source: MakeSource, workspace_id: WorkspaceId) -> Source:
    return make_source(NewSource(workspace_id, "smtp", "Post", address="post@example.com"))


def send(service: Running, to: list[str], mail: bytes = MAIL) -> dict[str, tuple[int, bytes]]:
    with service.client() as client:
        return client.sendmail("kunde@example.com", to, mail)


def test_a_mail_is_stored_byte_for_byte_with_its_envelope(
    database_url: str, database: Database, post: Source, bodies: Callable[[], list[bytes]]
) -> None:
    with running(database_url) as service:
        assert send(service, ["Post+nyhed@Example.com", "nobody@example.com"]) == {
            "nobody@example.com": (550, b"5.1.1 nobody here has this address")
        }
    assert bodies() == [MAIL]
    with database.transaction() as connection:
        found = connection.execute("select kind, source_id, envelope from posthus.event").fetchall()
    ((kind, source_id, envelope),) = found
    assert (kind, source_id) == ("mail", post.id)
    assert envelope == {
        "mail_from": "kunde@example.com",
        "recipients": ["Post+nyhed@Example.com"],
        "peer": "127.0.0.1",
        "helo": "client.example",
        "tls": False,
    }


def test_one_event_for_each_source_and_none_for_a_repetition(
    database_url: str, post: Source, make_source: MakeSource, count: Callable[[str], int]
) -> None:
    make_source(NewSource(post.workspace_id, "smtp", "Salg", address="salg@example.com"))
    with running(database_url) as service:
        for _ in range(2):
            send(service, ["post@example.com", "post+a@example.com", "salg@example.com"])
    assert count("event") == count("log") == 2


@pytest.mark.parametrize(
    "body",
    [
        "Æblegrød på tærte".encode("latin-1") + b"\r\n",
        b"x" * 5_000 + b"\r\n" + b"y" * 2_000_000 + b"\r\n",
        b"\x00\x01\xff\r\n.\r\n\r\n",
    ],
)
def test_eight_bits_and_long_lines_arrive_unchanged(
    database_url: str, post: Source, bodies: Callable[[], list[bytes]], body: bytes
) -> None:
    mail = b"From: a@example.com\r\n\r\n" + body
    with running(database_url) as service, service.client() as client:
        client.sendmail("a@example.com", ["post@example.com"], mail, mail_options=["BODY=8BITMIME"])
    assert bodies() == [mail]


def test_international_addresses_are_taken(
    database_url: str, make_source: MakeSource, workspace_id: WorkspaceId, database: Database
) -> None:
    make_source(NewSource(workspace_id, "smtp", "Rødgrød", address="rødgrød@example.com"))
    with running(database_url) as service, service.client() as client:
        client.sendmail("æøå@example.com", ["rødgrød@example.com"], MAIL, mail_options=["SMTPUTF8"])
    with database.transaction() as connection:
        (envelope,) = connection.execute("select envelope from posthus.event").fetchone() or ({},)
    assert (envelope["mail_from"], envelope["recipients"]) == ("æøå@example.com", ["rødgrød@example.com"])


def test_a_bounce_has_no_sender(database_url: str, database: Database, post: Source) -> None:
    with running(database_url) as service, service.client() as client:
        client.sendmail("", ["post@example.com"], MAIL)
    with database.transaction() as connection:
        (envelope,) = connection.execute("select envelope from posthus.event").fetchone() or ({},)
    assert envelope["mail_from"] == ""


def test_what_is_offered(database_url: str, post: Source) -> None:
    with running(database_url) as service, service.client() as client:
        client.ehlo()
        offered = set(client.esmtp_features)
        assert {"size", "8bitmime", "smtputf8", "pipelining"} <= offered
        assert client.esmtp_features["size"] == "50000000"


def test_pipelined_commands_are_answered_in_order(
    database_url: str, post: Source, bodies: Callable[[], list[bytes]]
) -> None:
    with (
        running(database_url) as service,
        socket.create_connection((service.host, service.port), timeout=30) as line,
        line.makefile("rb") as answers,
    ):
        line.sendall(b"EHLO client.example\r\n")
        assert answers.readline().startswith(b"220 ")
        while not (last := answers.readline()).startswith(b"250 "):
            assert last.startswith(b"250-")
        group = b"MAIL FROM:<a@example.com>\r\nRCPT TO:<post@example.com>\r\n"
        line.sendall(group + b"RCPT TO:<nobody@example.com>\r\nDATA\r\n")
        assert [answers.readline()[:3] for _ in range(4)] == [b"250", b"250", b"550", b"354"]
        # The end of one mail and the whole beginning of the next in one piece (RFC 2920, 3.1).
        line.sendall(b"Subject: 1\r\n\r\nen\r\n.\r\n" + group + b"DATA\r\n")
        assert [answers.readline()[:3] for _ in range(4)] == [b"250", b"250", b"250", b"354"]
        line.sendall(b"Subject: 2\r\n\r\nto\r\n.\r\nQUIT\r\n")
        assert [answers.readline()[:3] for _ in range(2)] == [b"250", b"221"]
    assert bodies() == [b"Subject: 1\r\n\r\nen\r\n", b"Subject: 2\r\n\r\nto\r\n"]


def test_too_large_is_said_before_and_after(
    database_url: str, post: Source, count: Callable[[str], int]
) -> None:
    with (
        running(database_url, SmtpSettings(port=0, hostname="mx", largest=10_000)) as service,
        service.client() as client,
    ):
        client.ehlo()
        assert client.docmd("MAIL", "FROM:<a@example.com> SIZE=10001")[0] == 552
        client.mail("a@example.com")
        client.rcpt("post@example.com")
        assert client.data(b"x" * 9_000 + b"\r\n" + b"y" * 2_000)[0] == 552
        client.sendmail("a@example.com", ["post@example.com"], b"small")
    assert count("event") == 1


def test_a_source_switched_off_takes_no_mail(database_url: str, database: Database, post: Source) -> None:
    with database.transaction() as connection:
        change_source(connection, post.workspace_id, post.id, SourceChange(enabled=False))
    with running(database_url) as service, pytest.raises(smtplib.SMTPRecipientsRefused):
        send(service, ["post@example.com"])


def test_a_hanging_database_is_later_and_stopping_lets_the_mail_through(
    database_url: str, post: Source, count: Callable[[str], int]
) -> None:
    with running(database_url) as service, service.client() as client:
        client.ehlo()
        client.mail("a@example.com")
        client.rcpt("post@example.com")
        with psycopg.connect(database_url) as blocker:
            blocker.execute("lock table posthus.event in access exclusive mode")
            outcome: list[tuple[int, bytes]] = []
            sender = threading.Thread(target=lambda: outcome.append(client.data(MAIL)))
            sender.start()
            waiting = "select count(*) from pg_locks where not granted"
            with psycopg.connect(database_url, autocommit=True) as watcher:
                while not (watcher.execute(waiting).fetchone() or (0,))[0]:
                    pass
            stopper = threading.Thread(target=service.stop)
            stopper.start()
        stopper.join(30)
        sender.join(30)
    assert outcome[0][0] == 250
    assert count("event") == 1


def test_mail_is_later_while_postgres_is_away(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres")
    server.start()
    try:
        server.create_database("posthus")
        migrate(server.url())
        with psycopg.connect(server.url()) as connection:
            connection.execute("insert into posthus.workspace (name) values ('T')")
            add_source(connection, NewSource(WorkspaceId(1), "smtp", "Post", address="post@example.com"))
        settings = SmtpSettings(port=0, hostname="mx.example")
        with running(server.url(), settings) as service, service.client() as client:
            client.ehlo()
            client.mail("a@example.com")
            assert client.rcpt("post@example.com")[0] == 250
            server.stop()
            assert client.data(MAIL) == (451, b"4.3.0 the message cannot be stored now, please try again")
            client.mail("a@example.com")
            assert client.rcpt("another@example.com")[0] == 451
            client.rset()
            server.start()
            assert client.sendmail("a@example.com", ["post@example.com"], MAIL) == {}
        with psycopg.connect(server.url()) as connection:
            assert connection.execute("select count(*) from posthus.event").fetchone() == (1,)
    finally:
        server.stop()
