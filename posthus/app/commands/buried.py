"""Commands about what kept failing: buried list, show, edit, replay, drop; and replaying history."""

from datetime import datetime

import click
import orjson
from psycopg import Connection

from posthus.app.connect import reach
from posthus.app.history import replay_history
from posthus.app.settings import Settings
from posthus.app.workspaces import the_source, the_workspace
from posthus.database.pool import Database
from posthus.intake.originals import Original, amend, original
from posthus.jobs import EventId, WorkspaceId
from posthus.queue.reading import Buried, BuriedFilter, buried_drop, buried_get, buried_list, buried_replay

SHOWN = 65_536


@click.group()
def buried() -> None:
    """Items that kept failing, kept until you replay or drop them."""


def _line(one: Buried) -> dict[str, object]:
    return {
        "id": one.id,
        "stage": one.stage,
        "source": one.source_name,
        "error": one.error,
        "attempts": one.attempts,
        "buried_at": one.buried_at,
        "event_id": one.event_id,
        "message_id": one.message_id,
    }


@buried.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.pass_obj
def list_buried(settings: Settings, limit: int, *, as_json: bool) -> None:
    """Show what is buried, newest first."""
    with reach(settings) as database, database.transaction() as connection:
        found = buried_list(connection, the_workspace(connection), BuriedFilter(), None, limit)
    for one in found:
        if as_json:
            click.echo(orjson.dumps(_line(one)))
        else:
            first_line = one.error.splitlines()[0] if one.error else ""
            click.echo(
                f"{one.id:>6}  {one.buried_at:%Y-%m-%d %H:%M}  {one.stage:<6} {one.source_name}  {first_line}"
            )
    if not found and not as_json:
        click.echo("nothing is buried")


@buried.command()
@click.argument("number", type=int)
@click.pass_obj
def show(settings: Settings, number: int) -> None:
    """Show one item with its error and its payload."""
    with reach(settings) as database, database.transaction() as connection:
        workspace_id, one = _the(connection, number)
        found = _original(connection, workspace_id, one)
    click.echo(
        orjson.dumps({**_line(one), "headers": found.headers if found else {}}, option=orjson.OPT_INDENT_2)
    )
    if found:
        click.echo(found.body[:SHOWN].decode("utf-8", "replace"))


@buried.command()
@click.argument("number", type=int)
@click.pass_obj
def edit(settings: Settings, number: int) -> None:
    """Mend the payload in your editor ($EDITOR), then replay it; the original is kept beside it."""
    with reach(settings) as database:
        with database.transaction() as connection:
            workspace_id, one = _the(connection, number)
            found = _original(connection, workspace_id, one)
        if found is None or one.event_id is None:
            raise click.ClickException("this item carries no payload; mend the cause and replay it")
        text = click.edit(found.body.decode("utf-8", "surrogateescape"))
        if text is None:
            click.echo("nothing was changed")
            return
        with database.transaction() as connection:
            amend(connection, workspace_id, EventId(one.event_id), text.encode("utf-8", "surrogateescape"))
            buried_replay(connection, workspace_id, BuriedFilter(id=number))
    click.echo(f"{number} is replayed with the mended payload")


@buried.command("replay")
@click.argument("numbers", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Everything that is buried.")
@click.option("--stage", help="Only this stage.")
@click.pass_obj
def replay_buried(
    settings: Settings, numbers: tuple[int, ...], stage: str | None, *, everything: bool
) -> None:
    """Try items again at once."""
    if not numbers and not everything and stage is None:
        raise click.UsageError("name the items, or --stage, or --all")
    wanted = [BuriedFilter(id=number) for number in numbers] or [BuriedFilter(stage=stage)]
    with reach(settings) as database, database.transaction() as connection:
        workspace_id = the_workspace(connection)
        count = sum(buried_replay(connection, workspace_id, one) for one in wanted)
    click.echo(f"{count} replayed")


@buried.command()
@click.argument("number", type=int)
@click.pass_obj
def drop(settings: Settings, number: int) -> None:
    """Give up on one item; its event stays stored."""
    with reach(settings) as database, database.transaction() as connection:
        if not buried_drop(connection, the_workspace(connection), number):
            raise click.ClickException(f"nothing with number {number} is buried")
    click.echo(f"{number} dropped")


@click.command()
@click.option("--source", help="Only what came from this source (number or name).")
@click.option(
    "--since", metavar="DATE", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="Received since."
)
@click.option("--stage", type=click.Choice(["file", "embed"]), default="file", show_default=True)
@click.pass_obj
def replay(settings: Settings, source: str | None, stage: str, since: datetime | None) -> None:
    """Run history through the current code again; numbers and links stay as they are."""
    with reach(settings) as database:
        count = _replay(database, source, stage, since)
    click.echo(f"{count} put to {stage} again")


def _replay(database: Database, source: str | None, stage: str, since: datetime | None) -> int:
    with database.transaction() as connection:
        workspace_id = the_workspace(connection)
        source_id = the_source(connection, workspace_id, source) if source else None
    return replay_history(database, (workspace_id, source_id), stage, since)


def _the(connection: Connection, number: int) -> tuple[WorkspaceId, Buried]:
    workspace_id = the_workspace(connection)
    one = buried_get(connection, workspace_id, number)
    if one is None:
        raise click.ClickException(f"nothing with number {number} is buried")
    return workspace_id, one


def _original(connection: Connection, workspace_id: WorkspaceId, one: Buried) -> Original | None:
    return None if one.event_id is None else original(connection, workspace_id, EventId(one.event_id))


COMMANDS = (buried, replay)
