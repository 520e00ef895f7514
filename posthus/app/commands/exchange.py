"""Commands that bring messages in and out: import, export."""

from dataclasses import asdict
from pathlib import Path

import click
import orjson

from posthus.api.members import ensure_workspace
from posthus.app.connect import reach
from posthus.app.settings import Settings
from posthus.app.workspaces import first_workspace, the_source, the_workspace
from posthus.conversations.export import export_messages
from posthus.database.pool import Database
from posthus.intake.import_hold import ImportStoppedError
from posthus.intake.importer import Progress, import_paths
from posthus.intake.mailboxes import MailboxError
from posthus.intake.sources import NewSource, add_source, source_by_name
from posthus.jobs import SourceId


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--source", "name", required=True, help="Number or name of a source; a new name makes one.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object as the last line.")
@click.pass_obj
def import_mail(settings: Settings, paths: tuple[Path, ...], name: str, *, as_json: bool) -> None:
    """Import mbox, Maildir, folders of .eml, .eml files, and zip or tar of these.

    It can be stopped and started again, and adds nothing twice. Nothing is ever sent.
    """
    with reach(settings) as database:
        source_id = _source(database, name)
        try:
            result = import_paths(database, source_id, paths, _show)
        except MailboxError as error:
            raise click.ClickException(str(error)) from error
        except ImportStoppedError as error:
            raise click.ClickException("somebody has cancelled this import; what came in stays") from error
    speed = result.read / result.seconds if result.seconds else 0.0
    if as_json:
        click.echo(orjson.dumps({**asdict(result), "messages_per_second": round(speed, 1)}))
    else:
        click.echo(
            f"{result.read} read, {result.new} new, {result.duplicates} known already, {result.failed} damaged"
            f" ({result.seconds:.1f} s, {speed:.0f} a second)"
        )


def _source(database: Database, name: str) -> SourceId:
    with database.transaction() as connection:
        workspace_id = first_workspace(connection)
        if workspace_id is None:
            workspace_id, _ = ensure_workspace(connection, "Posthus")
        if name.isdigit() or source_by_name(connection, workspace_id, name) is not None:
            return the_source(connection, workspace_id, name)
        return SourceId(add_source(connection, NewSource(workspace_id, "import", name)).id)


def _show(progress: Progress) -> None:
    share = f" {100 * progress.position / progress.total:.0f} %" if progress.total else ""
    left = f", {progress.seconds_left:.0f} s left" if progress.seconds_left is not None else ""
    click.echo(
        f"{progress.path}:{share} {progress.read} read, {progress.messages_per_second:.0f} a second{left}",
        err=True,
    )


@click.group()
def export() -> None:
    """Take everything with you."""


@export.command("messages")
@click.option("--format", "form", type=click.Choice(["jsonl"]), default="jsonl", show_default=True)
@click.pass_obj
def messages(settings: Settings, form: str) -> None:
    """Write one JSON line per message."""
    del form  # there is one, and the option says which
    with reach(settings) as database, database.transaction() as connection:
        for line in export_messages(connection, the_workspace(connection)):
            click.echo(orjson.dumps(line))


COMMANDS = (import_mail, export)
