"""Sends the sample workspace in through the real intake, once, and closes what is finished."""

import secrets
import smtplib
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import Request, urlopen

import orjson
from psycopg import Connection

from posthus import telemetry
from posthus.api.members import add_member
from posthus.app.sample import company
from posthus.app.sample.build import build_sample, sample_closed
from posthus.app.sample.deliveries import MailDelivery, WebhookDelivery
from posthus.app.settings import Settings
from posthus.app.workspaces import the_workspace
from posthus.database.pool import Database
from posthus.database.queries import load
from posthus.intake.sources import NewSource, add_source
from posthus.jobs import WorkspaceId

SQL = load(__file__, "sample.sql")


@dataclass(frozen=True, slots=True)
class SampleState:
    """What a run remembers, so that one that was interrupted goes on with the same bytes."""

    now: datetime
    tokens: dict[str, str]

    @classmethod
    def read(cls, note: Path) -> "SampleState":
        """The state that `write` left."""
        found = orjson.loads(note.read_bytes())
        return cls(datetime.fromisoformat(found["now"]), found["tokens"])

    def write(self, note: Path) -> None:
        """Keep the state; only the owner may read the tokens."""
        note.touch(mode=0o600)
        note.write_bytes(orjson.dumps({"now": self.now.isoformat(), "tokens": self.tokens}))


def send_sample(database: Database, settings: Settings, stop: threading.Event) -> None:
    """Send the sample in and close its finished conversations; does nothing when that was done before."""
    note, done = settings.data / "sample-state", settings.data / "sample-done"
    if done.exists():
        return
    if note.exists():
        state = SampleState.read(note)
    else:
        with database.transaction() as connection:
            state = SampleState(datetime.now(UTC).replace(microsecond=0), _make_sources(connection))
            state.write(note)
    if not _send(settings, state, stop):
        return
    while not stop.wait(0.5):
        with database.transaction() as connection:
            if _close_finished(connection):
                done.touch()
                telemetry.log("sample_sent")
                return


def _make_sources(connection: Connection) -> dict[str, str]:
    workspace_id = the_workspace(connection)
    add_source(connection, NewSource(workspace_id, "smtp", "Post", address=company.INTAKE_ADDRESS))
    tokens = {}
    for key, name, provider in (("chat", "Chat", "wotnot"), ("form", "Kontaktformular", "generic")):
        made = add_source(connection, NewSource(workspace_id, "webhook", name, provider, signed=False))
        tokens[key] = made.token or ""
    for agent in company.AGENTS:
        person = (agent.address, agent.name)
        add_member(connection, workspace_id, person, agent.role, secrets.token_urlsafe(24))
    return tokens


def _send(settings: Settings, state: SampleState, stop: threading.Event) -> bool:
    with smtplib.SMTP(settings.smtp.host, settings.smtp.port, timeout=60) as smtp:
        for delivery in build_sample(state.now):
            if stop.is_set():
                return False
            match delivery:
                case MailDelivery():
                    smtp.sendmail(
                        delivery.envelope_from, [delivery.recipient], delivery.raw, ["BODY=8BITMIME"]
                    )
                case WebhookDelivery():
                    _post(f"http://{settings.http}/in/{state.tokens[delivery.source]}", delivery)
    return True


def _post(url: str, delivery: WebhookDelivery) -> None:
    request = Request(url, delivery.body, {"Content-Type": "application/json", **delivery.headers})  # noqa: S310
    with urlopen(request, timeout=60):  # noqa: S310 - our own address
        pass


def _close_finished(connection: Connection) -> bool:
    """Close finished conversations once everything is linked; False while something is on its way."""
    workspace_id: WorkspaceId = the_workspace(connection)
    left = connection.execute(SQL["not_linked"], {"workspace_id": workspace_id}).fetchone()
    if left is None or left[0]:
        return False
    connection.execute(
        SQL["close_finished"], {"workspace_id": workspace_id, "subjects": list(sample_closed())}
    )
    connection.execute(SQL["mark_read"], {"workspace_id": workspace_id})
    return True
