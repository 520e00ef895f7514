"""`posthus up`: database, every role and, on request, the sample workspace, on one machine."""

import os
import secrets
import signal
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import click

from posthus import telemetry
from posthus.api.members import add_member, ensure_workspace
from posthus.app.connect import DATABASE, embedded, owned, started
from posthus.app.keys import make_key_file
from posthus.app.sample import company
from posthus.app.sample_run import send_sample
from posthus.app.served import remember_served
from posthus.app.settings import Settings
from posthus.app.supervisor import Child, Supervisor
from posthus.app.workspaces import first_workspace
from posthus.database.embedded import EmbeddedPostgres, EmbeddedPostgresError
from posthus.database.migrate import migrate
from posthus.database.pool import Database

FIRST_EMAIL = "admin@example.com"


@dataclass(frozen=True, slots=True)
class UpOptions:
    """What the command line adds to the settings."""

    workers: int
    processes: int
    sample: bool
    open_browser: bool


def up(settings: Settings, options: UpOptions) -> None:
    """Run until SIGTERM or Ctrl-C; returns when everything has been drained and stopped."""
    stop = stop_on_signals()
    with ExitStack() as stack:
        stack.enter_context(owned(settings.data))
        keep_database = lambda: None  # noqa: E731 - nothing to watch unless the database is ours
        if settings.database_url is None:
            click.echo(f"starting Postgres in {settings.data / 'postgres'}", err=True)
            server = embedded(settings)
            stack.enter_context(started(server))
            url, keep_database = server.url(DATABASE), _reviver(server)
        else:
            url = settings.database_url
            migrate(url)
        make_key_file(settings)
        remember_served(settings)
        login = first_login(url, settings.data, sample=options.sample)
        children = _children(options)
        supervisor = Supervisor(children, _environment(settings, url))
        after = threading.Thread(
            target=_once_ready, args=(settings, options, login, (url, stop)), daemon=True
        )
        after.start()
        supervisor.run(stop, keep_database)
    click.echo("stopped", err=True)


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def first_login(url: str, data: Path, *, sample: bool) -> tuple[str, str] | None:
    """Make the first workspace and its administrator; the e-mail and password, while they are the made-up ones."""
    note = data / "first-login"
    with Database(url) as database, database.transaction() as connection:
        if first_workspace(connection) is None:
            name, domains = (company.NAME, company.DOMAINS) if sample else ("Posthus", ())
            workspace_id, _ = ensure_workspace(connection, name, domains)
            password = secrets.token_urlsafe(9)
            add_member(connection, workspace_id, (FIRST_EMAIL, "Administrator"), "admin", password)
            note.touch(mode=0o600)
            note.write_text(f"{FIRST_EMAIL}\n{password}\n")
    if not note.exists():
        return None
    email, password = note.read_text().split()
    return email, password


def _children(options: UpOptions) -> list[Child]:
    return [
        *(Child(f"http-{index + 1}", ("run", "api", "intake-http")) for index in range(options.processes)),
        Child("mail", ("run", "intake-smtp", "intake-imap", "operations")),
        *(Child(f"worker-{index + 1}", ("run", "worker")) for index in range(options.workers)),
    ]


def _environment(settings: Settings, url: str) -> dict[str, str]:
    return {
        **os.environ,
        "POSTHUS_DATA": str(settings.data.resolve()),
        "POSTHUS_DATABASE_URL": url,
        "POSTHUS_HTTP": str(settings.http),
        "POSTHUS_SMTP": str(settings.smtp),
        "POSTHUS_PUBLIC_URL": settings.public_url,
        "POSTHUS_LOG": settings.log,
        "OMP_NUM_THREADS": "1",
        # glibc keeps freed memory per thread: two arenas are plenty for these processes.
        "MALLOC_ARENA_MAX": "2",
    }


def _reviver(server: EmbeddedPostgres) -> Callable[[], None]:
    def revive() -> None:
        if server.process is not None and server.process.poll() is not None:
            telemetry.log("postgres_ended", code=server.process.returncode)
            try:
                server.start()
            except EmbeddedPostgresError as error:
                # What its killed parent left behind may take a moment to go; the next turn tries again.
                telemetry.log("postgres_not_started", error=str(error))

    return revive


def _once_ready(
    settings: Settings,
    options: UpOptions,
    login: tuple[str, str] | None,
    running: tuple[str, threading.Event],
) -> None:
    url, stop = running
    address = f"http://{settings.http}"
    while not _answers(f"{address}/readyz"):
        if stop.wait(0.1):
            return
    click.echo(f"\n  Posthus is ready:  {settings.public_url}")
    if login is not None:
        click.echo(f"  sign in as:        {login[0]}   password: {login[1]}")
    click.echo(f"  mail is received:  {settings.smtp} (SMTP)")
    if options.sample:
        click.echo(
            "  the sample workspace is being sent in; start empty with: posthus up --data OTHER-FOLDER"
        )
    click.echo("  stop with Ctrl-C\n")
    if options.open_browser:
        click.launch(settings.public_url)
    if options.sample:
        with Database(url, name="posthus-sample") as database:
            send_sample(database, settings, stop)


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except OSError:
        return False
