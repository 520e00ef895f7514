"""Who gets in by which door: TLS, passwords, proxies, LMTP, limits, strangers, and forged senders."""

import smtplib
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from posthus.database.pool import Database
from posthus.intake.smtp_clients import ClientLimits
from posthus.intake.smtp_settings import SmtpSettings
from posthus.intake.smtp_tls import Certificate
from posthus.intake.sources import NewSource, Source
from posthus.intake.submission import new_password
from posthus.jobs import WorkspaceId
from tests.integration.intake.names import NameServer
from tests.integration.intake.postfix import Postfix, find_postfix
from tests.integration.intake.test_imap_access import make_certificate
from tests.integration.intake.test_smtp import MAIL, Running, running

MakeSource = Callable[[NewSource], Source]
Wait = Callable[[Callable[[], bool]], None]
PLAIN = SmtpSettings(port=0, hostname="mx.example")


@pytest.fixture
def post(make_source: MakeSource, workspace_id: WorkspaceId) -> Source:
    return make_source(NewSource(workspace_id, "smtp", "Post", address="post@example.com"))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate(*make_certificate(tmp_path_factory.mktemp("certificate")))


def envelope(database: Database) -> dict[str, object]:
    with database.transaction() as connection:
        found = connection.execute("select envelope from posthus.event order by id desc limit 1").fetchone()
    assert found is not None
    return dict(found[0])


def trusting(certificate: Certificate) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate.chain))


def test_mail_comes_encrypted_by_both_doors(
    database_url: str, database: Database, post: Source, certificate: Certificate
) -> None:
    settings = replace(PLAIN, certificate=certificate, smtps=("127.0.0.1", 0))
    with running(database_url, settings) as service:
        with service.client() as client:
            client.starttls(context=trusting(certificate))
            client.sendmail("a@example.net", ["post@example.com"], MAIL)
        assert envelope(database)["tls"] is True
        port = service.service.ports()["smtps"]
        with smtplib.SMTP_SSL("127.0.0.1", port, context=trusting(certificate), timeout=30) as client:
            client.sendmail("a@example.net", ["post@example.com"], b"Subject: to\r\n\r\n")
        assert envelope(database)["tls"] is True
        with service.client() as client:
            client.sendmail("a@example.net", ["post@example.com"], b"Subject: tre\r\n\r\n")
        assert envelope(database)["tls"] is False


def test_a_renewed_certificate_is_used_without_a_restart(
    database_url: str, post: Source, tmp_path: Path
) -> None:
    first = Certificate(*make_certificate(tmp_path))
    settings = replace(PLAIN, certificate=first, smtps=("127.0.0.1", 0))
    with running(database_url, settings) as service:
        port = service.service.ports()["smtps"]
        before = ssl.get_server_certificate(("127.0.0.1", port))
        make_certificate(tmp_path)
        assert service.service.tls is not None
        service.service.tls.refresh(now=True)
        after = ssl.get_server_certificate(("127.0.0.1", port))
        first.chain.write_bytes(b"damaged")
        service.service.tls.refresh(now=True)
        assert ssl.get_server_certificate(("127.0.0.1", port)) == after
    assert before != after


def test_own_systems_sign_in_and_may_name_anybody(
    database_url: str, database: Database, post: Source, certificate: Certificate
) -> None:
    with database.transaction() as connection:
        user, old = new_password(connection, post.workspace_id, post.id)
        user, password = new_password(connection, post.workspace_id, post.id)
    settings = replace(PLAIN, certificate=certificate, smtps=("127.0.0.1", 0))
    with running(database_url, settings) as service, ExitStack() as stack:
        client = stack.enter_context(service.client())
        client.ehlo()
        assert "auth" not in client.esmtp_features
        with pytest.raises(smtplib.SMTPNotSupportedError):
            client.login(user, password)
        assert client.docmd("AUTH", "PLAIN AGEAYg==")[0] == 538
        client.starttls(context=trusting(certificate))
        for wrong in (old, "forkert"):
            with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
                client.login(user, wrong)
            assert refused.value.smtp_code == 535
        client.login(user, password)
        client.sendmail("salg@example.com", ["kunde@andet.example"], MAIL)
        port = service.service.ports()["smtps"]
        other = stack.enter_context(
            smtplib.SMTP_SSL("127.0.0.1", port, context=trusting(certificate), timeout=30)
        )
        other.ehlo()
        other.user, other.password = user, password
        other.auth("LOGIN", other.auth_login)
        other.sendmail("salg@example.com", ["en@andet.example", "to@andet.example"], b"Subject: 2\r\n\r\n")
    assert envelope(database)["signed_in"] is True
    assert envelope(database)["recipients"] == ["en@andet.example", "to@andet.example"]
    with database.transaction() as connection:
        assert connection.execute("select distinct source_id from posthus.event").fetchall() == [(post.id,)]
        (stored,) = connection.execute("select hash from posthus.submission_password").fetchone() or (b"",)
    assert password.encode() not in bytes(stored)


def test_guessing_passwords_ends(database_url: str, post: Source, certificate: Certificate) -> None:
    settings = replace(PLAIN, certificate=certificate, limits=ClientLimits(guesses_a_minute=2))
    with running(database_url, settings) as service:
        with service.client() as client:
            client.starttls(context=trusting(certificate))
            client.ehlo()
            codes = [client.docmd("AUTH", "PLAIN AHBvc3RAZXhhbXBsZS5jb20AeA==")[0] for _ in range(3)]
        assert codes == [535, 535, 454]
        with pytest.raises(smtplib.SMTPConnectError) as refused:
            service.client()
        assert refused.value.smtp_code == 421


def test_every_refusal_says_why_in_a_code(database_url: str, post: Source) -> None:
    with running(database_url) as service, service.client() as client:
        assert client.docmd("RCPT", "TO:<post@example.com>") == (503, b"5.5.1 Error: send HELO first")
        client.ehlo()
        told = [
            client.docmd("MAIL", "FROM:<a@example.com> SIZE=99999999"),
            client.docmd("MAIL", "FROM:<a@example.com> NONSENSE=1"),
            client.docmd("DATA"),
            client.docmd("NONSENSE"),
            client.docmd("MAIL", "FROM:<a@example.com>"),
            client.docmd("RCPT", "TO:<nobody@example.com>"),
            client.docmd("RSET"),
        ]
        codes = [(code, words.split()[0].decode()) for code, words in told]
    assert codes == [
        (552, "5.3.4"), (555, "5.5.4"), (503, "5.5.1"), (500, "5.5.2"), (250, "2.1.0"), (550, "5.1.1"), (250, "2.0.0"),
    ]  # fmt: skip


def test_one_client_cannot_have_everything(database_url: str, post: Source, make_source: MakeSource) -> None:
    limits = ClientLimits(connections_each=2, messages_a_minute=3, guesses_a_minute=2)
    with running(database_url, replace(PLAIN, limits=limits)) as service:
        with service.client() as first, service.client():
            with pytest.raises(smtplib.SMTPConnectError, match="too many connections from your address"):
                service.client()
            for number in range(3):
                first.sendmail("a@example.net", ["post@example.com"], b"Subject: %d\r\n\r\n" % number)
            assert first.mail("a@example.net")[0] == 450
        with service.client() as client:  # the places are free again
            client.ehlo()
            assert client.noop()[0] == 250


def test_guessing_recipients_ends(database_url: str, post: Source) -> None:
    limits = ClientLimits(guesses_a_minute=2)
    with running(database_url, replace(PLAIN, limits=limits)) as service, service.client() as client:
        client.ehlo()
        client.mail("a@example.net")
        assert [client.rcpt(f"{number}@example.com")[0] for number in range(3)] == [550, 550, 450]
        assert client.rcpt("post@example.com")[0] == 250


def proxied(service: Running, line: bytes) -> socket.socket:
    connection = socket.create_connection((service.host, service.port), timeout=30)
    connection.sendall(line)
    return connection


def test_behind_a_proxy_the_client_is_who_the_proxy_says(
    database_url: str, database: Database, post: Source
) -> None:
    with running(database_url, replace(PLAIN, proxy=True, verify="never")) as service:
        with (
            proxied(service, b"PROXY TCP4 203.0.113.7 192.0.2.1 4711 25\r\n") as line,
            line.makefile("rb") as told,
        ):
            assert told.readline().startswith(b"220 ")
            line.sendall(
                b"HELO mx.example\r\nMAIL FROM:<a@example.net>\r\nRCPT TO:<post@example.com>\r\nDATA\r\n"
            )
            assert [told.readline()[:3] for _ in range(4)] == [b"250", b"250", b"250", b"354"]
            line.sendall(b"Subject: hej\r\n\r\nhej\r\n.\r\nQUIT\r\n")
            assert told.readline().startswith(b"250 ")
        with proxied(service, b"EHLO somebody\r\n") as line, line.makefile("rb") as told:
            assert told.readline() == b""
    assert envelope(database)["peer"] == "203.0.113.7"


def test_a_stranger_is_asked_to_come_again(
    database_url: str, database: Database, post: Source, count: Callable[[str], int]
) -> None:
    with running(database_url, replace(PLAIN, greylist_seconds=300)) as service, service.client() as client:
        client.ehlo()
        client.mail("a@example.net")
        code, words = client.rcpt("post@example.com")
        assert (code, words.split()[0]) == (450, b"4.7.1")
        assert client.rcpt("post@example.com")[0] == 450
        with database.transaction() as connection:
            connection.execute("update posthus.greylist set first_at = now() - interval '6 minutes'")
        assert client.rcpt("post@example.com")[0] == 250
        client.rset()
        client.mail("b@example.net")
        assert client.rcpt("post@example.com")[0] == 450
    assert count("greylist") == 2


FORGED = b"From: Banken <info@bank.example>\r\nSubject: Haster\r\n\r\nKlik her\r\n"


@pytest.mark.parametrize("dmarc", ["mark", "reject"])
def test_a_forged_sender_is_marked_or_refused(
    dmarc: str, database_url: str, database: Database, post: Source, count: Callable[[str], int]
) -> None:
    names = NameServer({("_dmarc.bank.example", "TXT"): ['"v=DMARC1; p=reject"']})
    settings = replace(
        PLAIN, verify="always", dmarc="reject" if dmarc == "reject" else "mark", dns=names.address
    )
    try:
        with running(database_url, settings) as service, service.client() as client:
            client.ehlo()
            client.mail("a@andet.example")
            client.rcpt("post@example.com")
            code, words = client.data(FORGED)
    finally:
        names.stop()
    if dmarc == "reject":
        assert (code, words.split()[0], count("event")) == (550, b"5.7.26", 0)
        return
    assert code == 250
    found = envelope(database)["authentication"]
    assert isinstance(found, dict)
    assert (found["dmarc"], found["policy"], found["from_domain"]) == ("fail", "reject", "bank.example")


def lmtp(service: Running) -> smtplib.LMTP:
    client = smtplib.LMTP("127.0.0.1", service.service.ports()["lmtp"])
    client.ehlo_or_helo_if_needed()
    return client


def test_lmtp_answers_for_each_recipient(
    database_url: str, post: Source, make_source: MakeSource, count: Callable[[str], int]
) -> None:
    make_source(NewSource(post.workspace_id, "smtp", "Salg", address="salg@example.com"))
    settings = replace(PLAIN, lmtp=("127.0.0.1", 0), largest=10_000)
    with running(database_url, settings) as service, lmtp(service) as client:
        assert client.docmd("EHLO", "x")[0] == 500
        client.mail("a@example.net")
        assert [client.rcpt(f"{name}@example.com")[0] for name in ("post", "salg", "nobody")] == [
            250,
            250,
            550,
        ]
        assert client.docmd("DATA")[0] == 354
        client.send(MAIL.replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n")
        assert [client.getreply()[0] for _ in range(2)] == [250, 250]
        client.mail("a@example.net")
        client.rcpt("post@example.com")
        client.rcpt("salg@example.com")
        assert client.docmd("DATA")[0] == 354
        client.send(b"x" * 20_000 + b"\r\n.\r\n")
        assert [client.getreply()[0] for _ in range(2)] == [552, 552]
        assert client.noop()[0] == 250
    assert count("event") == 2


def test_lmtp_over_a_socket_in_the_file_system(
    database_url: str, post: Source, tmp_path: Path, count: Callable[[str], int]
) -> None:
    path = tmp_path / "lmtp"
    with running(database_url, replace(PLAIN, lmtp=path)), smtplib.LMTP(str(path)) as client:
        assert client.sendmail("a@example.net", ["post@example.com"], MAIL) == {}
    with running(database_url, replace(PLAIN, lmtp=path)), smtplib.LMTP(str(path)) as client:
        client.sendmail("a@example.net", ["post@example.com"], b"Subject: to\r\n\r\n")
    assert count("event") == 2


@pytest.mark.skipif(find_postfix() is None, reason="needs Postfix (Debian package postfix), as root")
def test_postfix_delivers_over_lmtp_and_believes_what_it_is_told(
    database_url: str,
    database: Database,
    post: Source,
    scratch: Path,
    wait_until: Wait,
    count: Callable[[str], int],
) -> None:
    told = b"Authentication-Results: mx.example; spf=pass smtp.mailfrom=a@kunde.dk; dmarc=pass header.from=kunde.dk\r\n"
    settings = replace(PLAIN, lmtp=("127.0.0.1", 0), trusted=["mx.example"])
    with running(database_url, settings) as service:
        postfix = Postfix(scratch / "postfix", service.service.ports()["lmtp"])
        try:
            for number in range(20):
                mail = told + b"Subject: Nr. %d\r\n\r\nHej\r\n" % number
                postfix.send(["post@example.com", "post+x@example.com", "nobody@example.com"], mail)
            wait_until(lambda: count("event") == 20)
            log = scratch / "postfix" / "log"
            wait_until(lambda: log.read_text().count("status=bounced (host 127.0.0.1") == 20)
        finally:
            postfix.stop()
        assert "550 5.1.1" in log.read_text()
    found = envelope(database)["authentication"]
    assert isinstance(found, dict)
    assert (found["by"], found["spf"], found["dmarc"]) == ("mx.example", "pass", "pass")


def test_many_at_once_are_all_stored(database_url: str, post: Source, count: Callable[[str], int]) -> None:
    clients, each = 40, 10
    with running(database_url, replace(PLAIN, limits=ClientLimits(connections_each=0))) as service:

        def deliver(number: int) -> None:
            with service.client() as client:
                for turn in range(each):
                    mail = b"Subject: %d-%d\r\n\r\nHej\r\n" % (number, turn)
                    client.sendmail("a@example.net", ["post@example.com"], mail)

        threads = [threading.Thread(target=deliver, args=(number,)) for number in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert count("event") == clients * each
