"""The command `posthus`: `--help` teaches, `--json` is for scripts, exit codes mean something.

0 done; 1 failed, with a one-line reason on stderr; 2 wrong use.
"""

import os
import sys

import click
import psycopg

from posthus.app.commands import (
    buried,
    exchange,
    mailboxes,
    people,
    privacy,
    quarantine,
    running,
    secrets,
    seeing,
    source_changes,
    sources,
)
from posthus.app.connect import FolderInUseError, NotReadyError
from posthus.app.settings import SettingsError, read_settings
from posthus.database.embedded import EmbeddedPostgresError
from posthus.database.migrate import MigrationError
from posthus.intake.secrets import SecretKeyError

FAILURES = (
    SettingsError,
    NotReadyError,
    FolderInUseError,
    EmbeddedPostgresError,
    MigrationError,
    SecretKeyError,
    psycopg.Error,
    OSError,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="posthus")
@click.option("--data", metavar="DIR", help="Folder of the embedded database (POSTHUS_DATA).")
@click.pass_context
def posthus(context: click.Context, data: str | None) -> None:
    """Every customer conversation, received, sorted and found again.

    Start with `posthus up --sample` and open http://127.0.0.1:8000.
    """
    environment = {**os.environ, "POSTHUS_DATA": data} if data else os.environ
    context.obj = read_settings(environment)


for group in (
    running,
    sources,
    source_changes,
    mailboxes,
    exchange,
    seeing,
    buried,
    quarantine,
    people,
    secrets,
    privacy,
):
    for command in group.COMMANDS:
        posthus.add_command(command)


def main() -> None:
    """Run the command; what can go wrong becomes one line and exit code 1."""
    try:
        posthus()
    except FAILURES as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        click.echo(f"posthus: {reason}", err=True)
        sys.exit(1)
