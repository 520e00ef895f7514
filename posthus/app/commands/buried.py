"""Commands about what kept failing: buried list, show, edit, replay, drop; and replaying history."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import ParamSpec

import click
import orjson
from psycopg import Connection

from posthus.api.members import COMMAND_LINE
from posthus.app.connect import reach
from posthus.app.history import STAGES, history
from posthus.app.noting import note
from posthus.app.objects import objects_of
from posthus.app.settings import Settings
from posthus.app.workspaces import the_source, the_workspace
from posthus.intake.originals import Original, amend, original
from posthus.jobs import EventId, WorkspaceId
from posthus.originals.objects import Objects
from posthus.queue.buried import (
    Buried,
    BuriedFilter,
    buried_count,
    buried_drop,
    buried_get,
    buried_list,
    buried_replay,
)
from posthus.queue.replays import Scope, ask_replay, list_some, replays

SHOWN = 65_536
Option = str | bool | datetime | tuple[int, ...] | None


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
        "history": [asdict(attempt) for attempt in one.history],
        "buried_at": one.buried_at,
        "event_id": one.event_id,
        "message_id": one.message_id,
    }


MOMENTS = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])
P = ParamSpec("P")


def filtered(command: Callable[P, None]) -> Callable[P, None]:
    """Add the options that say which items are meant."""
    for option in (
        click.option("--since", metavar="DATE", type=MOMENTS, help="Only what was buried since."),
        click.option("--error", metavar="TEXT", help="Only where the error contains this."),
        click.option("--source", help="Only from this source (number or name)."),
        click.option("--stage", help="Only of this stage."),
    ):
        command = option(command)
    return command


def _filter(
    connection: Connection, workspace_id: WorkspaceId, options: Mapping[str, str | datetime | None]
) -> BuriedFilter:
    stage, source, error, since = (options[name] for name in ("stage", "source", "error", "since"))
    return BuriedFilter(
        stage=str(stage) if stage else None,
        source_id=the_source(connection, workspace_id, str(source)) if source else None,
        error=str(error) if error else None,
        since=since.replace(tzinfo=UTC) if isinstance(since, datetime) else None,
    )


@buried.command("list")
@filtered
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.pass_obj
def list_buried(
    settings: Settings, /, limit: int, *, as_json: bool, **options: str | datetime | None
) -> None:
    """Show what is buried, newest first."""
    with reach(settings) as database, database.transaction() as connection:
        workspace_id = the_workspace(connection)
        wanted = _filter(connection, workspace_id, options)
        found = buried_list(connection, workspace_id, wanted, None, limit)
        count = buried_count(connection, workspace_id, wanted)
    for one in found:
        if as_json:
            click.echo(orjson.dumps(_line(one)))
        else:
            first_line = one.error.splitlines()[0] if one.error else ""
            click.echo(
                f"{one.id:>6}  {one.buried_at:%Y-%m-%d %H:%M}  {one.stage:<6} {one.source_name}  {first_line}"
            )
    if not as_json:
        rest = f"{count - len(found)} more" if count > len(found) else ""
        click.echo(rest if found else "nothing is buried", nl=bool(rest or not found))


@buried.command()
@click.argument("number", type=int)
@click.pass_obj
def show(settings: Settings, number: int) -> None:
    """Show one item with its error and its payload."""
    with reach(settings) as database, database.transaction() as connection:
        workspace_id, one = _the(connection, number)
        found = _original(connection, workspace_id, one, objects_of(settings))
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
            found = _original(connection, workspace_id, one, objects_of(settings))
        if found is None or one.event_id is None:
            raise click.ClickException("this item carries no payload; mend the cause and replay it")
        text = click.edit(found.body.decode("utf-8", "surrogateescape"))
        if text is None:
            click.echo("nothing was changed")
            return
        with database.transaction() as connection:
            amend(connection, workspace_id, EventId(one.event_id), text.encode("utf-8", "surrogateescape"))
            buried_replay(connection, workspace_id, BuriedFilter(id=number))
            note(connection, workspace_id, "buried_edited", f"buried:{number}", {"event": str(one.event_id)})
    click.echo(f"{number} is replayed with the mended payload")


@buried.command("replay")
@click.argument("numbers", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Everything that is buried.")
@filtered
@click.option("--dry-run", is_flag=True, help="Only say how many there are.")
@click.pass_obj
def replay_buried(settings: Settings, /, **options: Option) -> None:
    """Try items again at once: those with these numbers, or all that the options mean."""
    count = _decide(settings, options, ("buried_replayed", buried_replay))
    click.echo(f"{count} would be replayed" if options["dry_run"] else f"{count} replayed")


@buried.command("drop")
@click.argument("numbers", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Everything that is buried.")
@filtered
@click.option("--dry-run", is_flag=True, help="Only say how many there are.")
@click.pass_obj
def drop_buried(settings: Settings, /, **options: Option) -> None:
    """Give up on items; their events stay stored."""
    count = _decide(settings, options, ("buried_dropped", buried_drop))
    click.echo(f"{count} would be dropped" if options["dry_run"] else f"{count} dropped")


def _decide(
    settings: Settings,
    options: Mapping[str, Option],
    decision: tuple[str, Callable[[Connection, WorkspaceId, BuriedFilter], int]],
) -> int:
    action, decided = decision
    which = {name: options[name] for name in ("stage", "source", "error", "since")}
    numbers = options["numbers"]
    assert isinstance(numbers, tuple)
    if bool(numbers) + bool(options["everything"] or any(which.values())) != 1:
        raise click.UsageError(
            "name the items, or say which by --stage, --source, --error, --since, or --all"
        )
    decide = buried_count if options["dry_run"] else decided
    with reach(settings) as database, database.transaction() as connection:
        workspace_id = the_workspace(connection)
        for number in numbers:
            if buried_get(connection, workspace_id, number) is None:
                raise click.ClickException(f"nothing with number {number} is buried")
        wanted = [BuriedFilter(id=number) for number in numbers]
        if not wanted:
            narrowed = {
                name: value
                for name, value in which.items()
                if value is None or isinstance(value, str | datetime)
            }
            wanted = [_filter(connection, workspace_id, narrowed)]
        count = sum(decide(connection, workspace_id, one) for one in wanted)
        if not options["dry_run"]:
            asked = {name: str(value) for name, value in which.items() if value is not None}
            note(
                connection,
                workspace_id,
                action,
                "buried",
                {**asked, "numbers": list(numbers), "count": count},
            )
    return count


@click.command()
@click.option("--source", help="Only what came from this source (number or name).")
@click.option("--since", metavar="DATE", type=MOMENTS, help="Received since.")
@click.option("--stage", type=click.Choice(STAGES), default="file", show_default=True)
@click.pass_obj
def replay(settings: Settings, source: str | None, stage: str, since: datetime | None) -> None:
    """Run history through the current code again, behind new work; numbers and links stay as they are."""
    with reach(settings) as database:
        with database.transaction() as connection:
            workspace_id = the_workspace(connection)
            source_id = the_source(connection, workspace_id, source) if source else None
            scope = Scope(workspace_id, source_id, since)
            number = ask_replay(connection, scope, stage, COMMAND_LINE)
            asked_for = {"stage": stage, "source_id": source_id, "since": str(since) if since else None}
            note(connection, workspace_id, "replay_asked", f"replay:{number}", asked_for)
        while list_some(database, history, number):
            pass
        with database.transaction() as connection:
            (asked,) = replays(connection, workspace_id, 1, number)
    click.echo(f"{asked.total} put to {stage} again")


def _the(connection: Connection, number: int) -> tuple[WorkspaceId, Buried]:
    workspace_id = the_workspace(connection)
    one = buried_get(connection, workspace_id, number)
    if one is None:
        raise click.ClickException(f"nothing with number {number} is buried")
    return workspace_id, one


def _original(
    connection: Connection, workspace_id: WorkspaceId, one: Buried, objects: Objects
) -> Original | None:
    return (
        None if one.event_id is None else original(connection, workspace_id, EventId(one.event_id), objects)
    )


COMMANDS = (buried, replay)
