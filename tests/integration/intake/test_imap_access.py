"""Getting into mailboxes: TLS that is checked, tokens that are renewed, leases that pass on, a server that breaks."""

import json
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bench.dovecot import PASSWORD, Dovecot, find_dovecot
from posthus.database.pool import Database
from posthus.intake.imap_access import connect, try_access
from posthus.intake.imap_mailboxes import Access, Secret, access_of, add_mailbox, change_mailbox, mailbox
from posthus.intake.imap_trouble import TokenError, trouble_of
from posthus.jobs import SourceId, WorkspaceId
from tests.integration.intake.follow import SETTINGS
from tests.integration.intake.test_imap import PATIENT, Wait, Watch, fill, following, mail
from tests.keys import KEYRING

pytestmark = pytest.mark.skipif(find_dovecot() is None, reason="needs Dovecot (Debian package dovecot-imapd)")


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody trusts by himself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=2))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    certificate, secret = folder / "cert.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    return certificate, secret


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def tls_server(scratch: Path, certificate: tuple[Path, Path]) -> Iterator[Dovecot]:
    running = Dovecot(scratch / "dovecot-tls", certificate=certificate)
    yield running
    running.stop()


@pytest.fixture
def user() -> str:
    return f"user{uuid4().hex[:8]}"


@pytest.fixture
def watch(database: Database, workspace_id: WorkspaceId) -> Watch:
    return Watch(database, workspace_id)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_the_certificate_is_checked(
    security: str, tls_server: Dovecot, certificate: tuple[Path, Path], user: str
) -> None:
    port = tls_server.tls_port if security == "tls" else tls_server.port
    access = Access("127.0.0.1", user, Secret(PASSWORD), port, "tls" if security == "tls" else "starttls")
    with pytest.raises(ssl.SSLError) as refused:
        try_access(access)
    assert trouble_of(refused.value, 0).kind == "certificate"
    trusted = ssl.create_default_context(cafile=str(certificate[0]))
    assert dict(try_access(access, tls=trusted).folders)["INBOX"] == 0
    with pytest.raises(ssl.SSLError):
        try_access(replace(access, host="localhost"), tls=trusted)


def test_news_come_over_tls_too(
    tls_server: Dovecot, certificate: tuple[Path, Path], user: str, database: Database, watch: Watch,
    workspace_id: WorkspaceId, wait_until: Wait,
) -> None:  # fmt: skip
    access = Access("127.0.0.1", user, Secret(PASSWORD), tls_server.tls_port)
    with database.transaction() as connection:
        add_mailbox(connection, KEYRING, workspace_id, "Sikker", access)
    trusted = ssl.create_default_context(cafile=str(certificate[0]))
    settings = replace(PATIENT, following=replace(PATIENT.following, tls=trusted))
    with following(database, settings), tls_server.client(user) as client:
        for number in range(4):
            fill(client, range(number, number + 1))
            wait_until(watch.known("INBOX", number + 1))


class Tokens:
    """A token endpoint that also tells the mail server whose a token is."""

    def __init__(self, user: str) -> None:
        self.user = user
        self.asked: list[dict[str, list[str]]] = []
        self.good: set[str] = set()
        self.refresh = "refresh-0"
        tokens = self

        class Answers(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
                tokens.asked.append(form)
                self.tell(*tokens.answer(form))

            def do_GET(self) -> None:
                token = self.path.rpartition("token=")[2]
                active = token in tokens.good
                self.tell(200 if active else 401, {"active": active, "username": tokens.user})

            def tell(self, status: int, fields: dict[str, object]) -> None:
                body = json.dumps(fields).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def answer(self, form: dict[str, list[str]]) -> tuple[int, dict[str, object]]:
        if form["refresh_token"] != [self.refresh] or form["client_id"] != ["klient"]:
            return 400, {"error": "invalid_grant", "error_description": "the refresh token was revoked"}
        access = uuid4().hex
        self.good.add(access)
        # As Microsoft does: each refresh token is good once.
        self.refresh = f"refresh-{len(self.asked)}"
        return 200, {"access_token": access, "expires_in": 62, "refresh_token": self.refresh}

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def tokens(user: str) -> Iterator[Tokens]:
    running = Tokens(user)
    yield running
    running.stop()


@pytest.fixture
def oauth_server(scratch: Path, tokens: Tokens) -> Iterator[Dovecot]:
    folder = scratch / f"oauth-{uuid4().hex[:6]}"
    folder.mkdir()
    settings = folder / "oauth2.conf"
    settings.write_text(
        f"tokeninfo_url = {tokens.url}/?token=\nintrospection_mode = auth\nusername_attribute = username\n"
        "active_attribute = active\nactive_value = true\n"
    )
    passdb = f"driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = {settings}"
    running = Dovecot(folder / "server", passdb=passdb, mechanisms="xoauth2 oauthbearer")
    yield running
    running.stop()


def test_tokens_are_renewed_and_a_replaced_refresh_token_is_kept(
    oauth_server: Dovecot, tokens: Tokens, user: str, database: Database, watch: Watch, wait_until: Wait,
    workspace_id: WorkspaceId,
) -> None:  # fmt: skip
    access = Access(
        "127.0.0.1", user, Secret(refresh_token="refresh-0", client_secret="hemmelig"), oauth_server.port, "none",
        "oauth", tokens.url, "klient", "mail",
    )  # fmt: skip
    with database.transaction() as connection:
        source_id = add_mailbox(connection, KEYRING, workspace_id, "Med token", access)
    # Tokens that end two seconds after they can be used: it has to sign in again and again.
    with following(database, replace(SETTINGS, following=replace(SETTINGS.following, look_seconds=0.1))):
        wait_until(lambda: len(tokens.asked) >= 3)
    assert tokens.asked[0]["client_secret"] == ["hemmelig"]
    assert tokens.asked[0]["scope"] == ["mail"]
    assert [form["refresh_token"] for form in tokens.asked[:3]] == [
        ["refresh-0"],
        ["refresh-1"],
        ["refresh-2"],
    ]
    with database.transaction() as connection:
        found = mailbox(connection, workspace_id, source_id)
        stored = connection.execute("select secret from posthus.mailbox").fetchone()
    assert found is not None
    assert access_of(KEYRING, found).secret.refresh_token == tokens.refresh
    assert stored is not None
    assert "refresh" not in stored[0]
    assert watch.states()["Med token"].trouble is None


def test_a_revoked_token_is_named(oauth_server: Dovecot, tokens: Tokens, user: str) -> None:
    access = Access(
        "127.0.0.1",
        user,
        Secret(refresh_token="gammelt"),
        oauth_server.port,
        "none",
        "oauth",
        tokens.url,
        "klient",
    )
    with pytest.raises(TokenError, match="revoked"):
        connect(access, 10)


@pytest.fixture(scope="module")
def server(scratch: Path) -> Iterator[Dovecot]:
    running = Dovecot(scratch / "dovecot-access")
    yield running
    running.stop()


def add(database: Database, workspace_id: WorkspaceId, name: str, access: Access) -> SourceId:
    with database.transaction() as connection:
        return add_mailbox(connection, KEYRING, workspace_id, name, access)


def test_another_process_takes_over_from_one_that_was_killed(
    server: Dovecot, user: str, database: Database, database_url: str, watch: Watch, wait_until: Wait,
    workspace_id: WorkspaceId, count: Callable[[str], int],
) -> None:  # fmt: skip
    for number in range(6):
        with server.client(f"{user}{number}") as client:
            fill(client, range(number * 10, number * 10 + 10))
        access = Access("127.0.0.1", f"{user}{number}", Secret(PASSWORD), server.port, "none")
        add(database, workspace_id, f"Boks {number}", access)

    def holders() -> set[object]:
        with database.transaction() as connection:
            found = connection.execute(
                "select holder from posthus.mailbox where leased_until > now()"
            ).fetchall()
        return {holder for (holder,) in found} if len(found) == 6 else set()

    command = [sys.executable, "-m", "tests.integration.intake.follow", database_url]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as first:
        wait_until(lambda: len(holders()) == 1)
        before = holders()
        with following(database, SETTINGS):
            first.kill()
            first.wait()
            wait_until(lambda: bool(holders()) and not holders() & before)
            wait_until(lambda: count("event") == 60)
    assert count("seen_mail") == 60


def test_a_changed_password_is_used_at_once(
    server: Dovecot, user: str, database: Database, watch: Watch, wait_until: Wait, workspace_id: WorkspaceId
) -> None:
    access = Access("127.0.0.1", user, Secret("forkert"), server.port, "none")
    source_id = add(database, workspace_id, "Boks", access)
    with following(database):
        wait_until(lambda: watch.states()["Boks"].trouble == "sign_in")
        with database.transaction() as connection:
            change_mailbox(
                connection, KEYRING, (workspace_id, source_id), replace(access, secret=Secret(PASSWORD))
            )
        wait_until(watch.known("INBOX", 0))
    assert watch.states()["Boks"].trouble is None


class Cutter:
    """Stands between, and cuts the line whenever the server sends a certain word."""

    def __init__(self, port: int, word: bytes) -> None:
        self.target, self.word = port, word
        self.cuts = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.accept)
        self.thread.start()

    def accept(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.target))
            threading.Thread(target=self.pass_on, args=(near, far, b""), daemon=True).start()
            threading.Thread(target=self.pass_on, args=(far, near, self.word), daemon=True).start()

    def pass_on(self, source: socket.socket, target: socket.socket, word: bytes) -> None:
        seen = b""
        try:
            while piece := source.recv(4096):
                seen = (seen + piece)[-8192:]
                if word and word in seen:
                    self.cuts += 1
                    break
                target.sendall(piece)
        except OSError:
            pass
        for side in (source, target):
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def stop(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()


def test_a_message_that_breaks_the_connection_is_passed_over_in_the_end(
    server: Dovecot, user: str, database: Database, watch: Watch, wait_until: Wait, workspace_id: WorkspaceId,
) -> None:  # fmt: skip
    with server.client(user) as client:
        fill(client, range(10))
        client.append("INBOX", mail(10) + b"the word that cuts\r\n")
        fill(client, range(11, 20))
    cutter = Cutter(server.port, b"the word that cuts")
    try:
        add(database, workspace_id, "Boks", Access("127.0.0.1", user, Secret(PASSWORD), cutter.port, "none"))

        def go_on() -> bool:
            with database.transaction() as connection:
                connection.execute("update posthus.mailbox set next_at = now()")  # nobody waits in a test
            found = watch.folders().get("INBOX")
            return found is not None and (found.known, found.troubled) == (19, 1)

        with following(database, SETTINGS):
            wait_until(go_on)
    finally:
        cutter.stop()
    assert cutter.cuts > 2
