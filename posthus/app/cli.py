"""The command `posthus`: `--help` teaches, `--json` is for scripts, exit codes mean something.

0 done; 1 failed, with a one-line reason on stderr; 2 wrong use.
"""

import os
import sys
from collections.abc import Mapping
from importlib import import_module

import click
import psycopg

from posthus.app.connect import FolderInUseError, NotReadyError
from posthus.app.settings import SettingsError, read_settings
from posthus.database.embedded import EmbeddedPostgresError
from posthus.database.migrate import MigrationError
from posthus.intake.secrets import SecretKeyError
from posthus.originals.objects import ObjectsAwayError

FAILURES = (
    SettingsError,
    NotReadyError,
    FolderInUseError,
    EmbeddedPostgresError,
    MigrationError,
    SecretKeyError,
    ObjectsAwayError,
    psycopg.Error,
    OSError,
)


# Where each command is: only the one that runs is loaded, so that each begins at once and stays small.
COMMANDS: Mapping[str, str] = {
    **dict.fromkeys(("up", "run", "migrate"), "running"),
    **dict.fromkeys(("import", "export"), "exchange"),
    **dict.fromkeys(("status", "wait", "search", "doctor", "bench"), "seeing"),
    **dict.fromkeys(("buried", "replay"), "buried"),
    **dict.fromkeys(("user", "key"), "people"),
    "source": "source_changes",
    "mailbox": "mailboxes",
    "quarantine": "quarantine",
    "secrets": "secrets",
    "erase": "privacy",
}


class Commands(click.Group):
    """The commands of COMMANDS, each loaded when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, for the help."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, None if there is none."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        commands: tuple[click.Command, ...] = import_module(
            f"posthus.app.commands.{COMMANDS[cmd_name]}"
        ).COMMANDS
        return next(command for command in commands if command.name == cmd_name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="posthus")
@click.option("--data", metavar="DIR", help="Folder of the embedded database (POSTHUS_DATA).")
@click.pass_context
def posthus(context: click.Context, data: str | None) -> None:
    """Every customer conversation, received, sorted and found again.

    Start with `posthus up --sample` and open http://127.0.0.1:8000.
    """
    environment = {**os.environ, "POSTHUS_DATA": data} if data else os.environ
    context.obj = read_settings(environment)


def main() -> None:
    """Run the command; what can go wrong becomes one line and exit code 1."""
    try:
        posthus()
    except FAILURES as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        click.echo(f"posthus: {reason}", err=True)
        sys.exit(1)
