"""Real intake processes, as `posthus run` starts them, and a Postgres of the test's own that may go away."""

import hmac
import os
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from socket import create_connection

import httpx

from posthus.database.embedded import EmbeddedPostgres
from posthus.database.migrate import migrate
from posthus.database.pool import Database
from posthus.intake.sources import NewSource, SourceSecret, add_source
from posthus.jobs import WorkspaceId
from tests.keys import KEYRING, TEST_KEY
from tests.running import ROOT, free_port, wait_for

MAIL = b"From: bo@example.com\r\nTo: post@example.com\r\nMessage-ID: <%d@example.com>\r\n\r\nHej\r\n"


@dataclass
class Place:
    """A database with one workspace, a webhook source and a mail source."""

    server: EmbeddedPostgres
    url: str
    webhook: SourceSecret
    bodies: list[bytes] = field(default_factory=list)

    def stored(self) -> list[bytes]:
        """The body of every event, sorted; every one of them was small."""
        with Database(self.url) as database, database.transaction() as connection:
            found = connection.execute("select body, codec from posthus.event").fetchall()
            jobs = connection.execute("select count(distinct subject), count(*) from posthus.log").fetchone()
        assert jobs == (len(found), len(found)), "one job for each event"
        assert all(codec == 0 for _, codec in found)
        return sorted(bytes(body) for body, _ in found)


@contextmanager
def place(folder: Path) -> Iterator[Place]:
    """A Postgres of its own, migrated."""
    server = EmbeddedPostgres(folder)
    server.start()
    try:
        server.create_database("posthus")
        migrate(server.url())
        with Database(server.url()) as database, database.transaction() as connection:
            made = connection.execute("insert into posthus.workspace (name) values ('T') returning id")
            workspace = WorkspaceId((made.fetchone() or (0,))[0])
            webhook = add_source(connection, NewSource(workspace, "webhook", "Shop"), KEYRING)
            add_source(connection, NewSource(workspace, "smtp", "Post", address="post@example.com"))
        yield Place(server, server.url(), webhook)
    finally:
        server.stop()


@dataclass(frozen=True)
class Intake:
    """One running process."""

    process: "subprocess.Popen[bytes]"
    http: int
    smtp: int
    client: httpx.Client

    def post(self, webhook: SourceSecret, body: bytes) -> int:
        """The status that a signed delivery gets."""
        path = f"/in/{webhook.token}"
        return self.client.post(path, content=body, headers=signed(webhook, body)).status_code

    def mail(self, content: bytes) -> None:
        """Deliver a mail; it must be accepted."""
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=30) as smtp:
            assert smtp.sendmail("bo@example.com", ["post@example.com"], content) == {}

    def listens(self) -> bool:
        """Whether mail is taken as well: each door opens by itself."""
        with suppress(OSError):
            create_connection(("127.0.0.1", self.smtp), timeout=30).close()
            return True
        return False

    def ready(self) -> int:
        """The status of /readyz, 0 where nobody answers."""
        with suppress(httpx.TransportError):
            return self.client.get("/readyz").status_code
        return 0

    def kill(self) -> None:
        """End it as a crash does."""
        self.client.close()
        self.process.kill()
        self.process.wait(30)

    def stop(self) -> None:
        """Ask it to end; it must, by itself."""
        self.client.close()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0


def signed(webhook: SourceSecret, body: bytes) -> dict[str, str]:
    """The headers of a delivery of the generic provider."""
    digest = hmac.new((webhook.secret or "").encode(), body, "sha256").hexdigest()
    return {"x-signature": f"sha256={digest}"}


def start_intake(url: str, data: Path, *options: str, environment: dict[str, str] | None = None) -> Intake:
    """`posthus run intake-http intake-smtp` on free ports, once it answers."""
    http, smtp = free_port(), free_port()
    settings = {
        "POSTHUS_DATABASE_URL": url,
        "POSTHUS_DATA": str(data),
        "POSTHUS_HTTP": f"127.0.0.1:{http}",
        "POSTHUS_SMTP": f"127.0.0.1:{smtp}",
        "POSTHUS_SPOOL_FREE_MB": "0",
        "POSTHUS_SECRET_KEY": TEST_KEY,
        **(environment or {}),
    }
    roles = () if any(each.startswith("intake") for each in options) else ("intake-http", "intake-smtp")
    command = [sys.executable, "-m", "posthus", "run", *roles, *options]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | settings)
    client = httpx.Client(base_url=f"http://127.0.0.1:{http}", timeout=30, verify=False)
    intake = Intake(process, http, smtp, client)

    def answers() -> bool:
        assert process.poll() is None
        return intake.ready() in (200, 503) and ("intake-smtp" not in roles or intake.listens())

    wait_for(answers)
    return intake
