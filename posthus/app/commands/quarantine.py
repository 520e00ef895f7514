"""Commands about deliveries that proved nothing: quarantine list, show, release, drop."""

from collections.abc import Callable
from uuid import UUID

import click
import orjson
from psycopg import Connection

from posthus.app.connect import reach
from posthus.app.noting import note
from posthus.app.settings import Settings
from posthus.app.workspaces import the_source, the_workspace
from posthus.intake import quarantine as aside
from posthus.jobs import EventId, SourceId
from posthus.originals.packing import unpack

SHOWN = 65_536
NUMBERS = click.argument("event_ids", nargs=-1, type=click.UUID)
OF_SOURCE = click.option("--source", "of_source", help="All of this source, by name or number.")
EVERYTHING = click.option("--all", "everything", is_flag=True, help="All there are.")


@click.group()
def quarantine() -> None:
    """Deliveries that were well addressed but proved nothing; they wait for your decision."""


@quarantine.command("list")
@OF_SOURCE
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.pass_obj
def list_aside(settings: Settings, of_source: str | None, limit: int, *, as_json: bool) -> None:
    """Show what waits, newest first."""
    with reach(settings) as database, database.transaction() as connection:
        found = aside.kept_aside(connection, _chosen(connection, (), of_source), limit)
    for one in found:
        if as_json:
            line = {
                "event_id": one.event_id,
                "source": one.source,
                "provider": one.provider,
                "reason": one.reason,
            }
            click.echo(orjson.dumps({**line, "detail": one.detail, "size": one.size, "at": one.at}))
        else:
            click.echo(
                f"{one.event_id}  {one.at:%Y-%m-%d %H:%M}  {one.source:<20} {one.size:>9} B  {one.detail}"
            )
    if not found and not as_json:
        click.echo("nothing waits")


@quarantine.command()
@click.argument("event_id", type=click.UUID)
@click.pass_obj
def show(settings: Settings, event_id: UUID) -> None:
    """Show one delivery with its headers and its body."""
    with reach(settings) as database, database.transaction() as connection:
        found = aside.original_of(connection, the_workspace(connection), EventId(event_id))
    if found is None:
        raise click.ClickException(f"nothing waits under {event_id}")
    click.echo(
        orjson.dumps({"headers": found.headers, "envelope": found.envelope}, option=orjson.OPT_INDENT_2)
    )
    click.echo(unpack(found.codec, bytes(found.body))[:SHOWN].decode("utf-8", "replace"))


@quarantine.command()
@NUMBERS
@OF_SOURCE
@EVERYTHING
@click.pass_obj
def release(
    settings: Settings, event_ids: tuple[UUID, ...], of_source: str | None, *, everything: bool
) -> None:
    """Believe deliveries: they are filed as if they had been signed."""
    taken, duplicates = _decide(
        settings, (event_ids, of_source, everything), aside.release, "quarantine_released"
    )
    click.echo(f"released {taken}" + (f", {duplicates} had come again meanwhile" if duplicates else ""))


@quarantine.command()
@NUMBERS
@OF_SOURCE
@EVERYTHING
@click.pass_obj
def drop(settings: Settings, event_ids: tuple[UUID, ...], of_source: str | None, *, everything: bool) -> None:
    """Delete deliveries for good."""
    taken, _ = _decide(settings, (event_ids, of_source, everything), aside.drop, "quarantine_dropped")
    click.echo(f"dropped {taken}")


def _decide(
    settings: Settings,
    which: tuple[tuple[UUID, ...], str | None, bool],
    decide: Callable[[Connection, aside.Chosen], aside.Decided],
    action: str,
) -> tuple[int, int]:
    """Decide in portions until nothing of it is left; how many, and how many had come again."""
    event_ids, of_source, everything = which
    if not event_ids and of_source is None and not everything:
        raise click.UsageError("name deliveries, or --source, or --all")
    taken = duplicates = 0
    more = True
    with reach(settings) as database:
        while more:
            with database.transaction() as connection:
                chosen = _chosen(connection, event_ids, of_source)
                decided = decide(connection, chosen)
                subject = f"source:{chosen.source_id}" if chosen.source_id is not None else "quarantine"
                note(connection, chosen.workspace_id, action, subject, {"events": decided.taken})
            taken, duplicates, more = taken + decided.taken, duplicates + decided.duplicates, decided.more
    return taken, duplicates


def _chosen(connection: Connection, event_ids: tuple[UUID, ...], of_source: str | None) -> aside.Chosen:
    workspace_id = the_workspace(connection)
    source_id: SourceId | None = (
        None if of_source is None else the_source(connection, workspace_id, of_source)
    )
    return aside.Chosen(workspace_id, [EventId(one) for one in event_ids] or None, source_id)


COMMANDS = (quarantine,)
