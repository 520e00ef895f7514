"""Commands that change or try a source: source rotate, set, test, mapping."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import click
import orjson
from psycopg import Connection

from posthus.api.members import COMMAND_LINE
from posthus.app.commands.sources import source
from posthus.app.connect import reach
from posthus.app.keys import keyring_of
from posthus.app.noting import note
from posthus.app.served import public_url
from posthus.app.settings import Settings
from posthus.app.workspaces import the_workspace
from posthus.intake.inbox import receive
from posthus.intake.mappings import MappingVersion, mappings, restore_mapping, save_mapping
from posthus.intake.providers.preset import UNVERIFIED, Unverified
from posthus.intake.rotation import Rotation, rotate_secret
from posthus.intake.sources import Settings as SourceSettings
from posthus.intake.sources import Source, SourceChange, SourceError, change_source, source_by_name
from posthus.intake.trial import Trial, trial_event

POLICIES: dict[str, Unverified] = {name: name for name in UNVERIFIED}


@contextmanager
def _changing(settings: Settings, name: str) -> Iterator[tuple[Connection, Source]]:
    """The source of that name in one transaction; what cannot be done becomes one line."""
    with reach(settings) as database, database.transaction() as connection:
        found = source_by_name(connection, the_workspace(connection), name)
        if found is None:
            raise click.ClickException(f"there is no source {name}")
        try:
            yield connection, found
        except SourceError as error:
            raise click.ClickException(str(error)) from error


@source.command("rotate")
@click.argument("name")
@click.option("--secret", help="The secret that the provider shows (default: one is made).")
@click.option(
    "--overlap-hours", type=click.IntRange(0, 168), default=0, show_default=True,
    help="For how long the former secret or address is good as well.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def source_rotate(
    settings: Settings, name: str, secret: str | None, overlap_hours: int, *, as_json: bool
) -> None:
    """Give a source another secret, or where it has none another address; shown this once."""
    keyring = keyring_of(settings)
    with _changing(settings, name) as (connection, found):
        rotation = Rotation(secret, timedelta(hours=overlap_hours))
        made = rotate_secret(connection, (found.workspace_id, found.id), keyring, rotation)
        detail = {"overlap_hours": overlap_hours, "given": secret is not None}
        note(connection, found.workspace_id, "secret_rotated", f"source:{found.id}", detail)
    url = f"{public_url(settings)}/in/{made.token}" if made.token else None
    if as_json:
        click.echo(
            orjson.dumps(
                {"id": made.id, "url": url, "secret": made.secret, "former_until": made.former_until}
            )
        )
        return
    click.echo(f"source {made.id}: {url}")
    if made.secret:
        click.echo(f"secret: {made.secret}\nKeep it: it is not shown again.")
    if made.former_until:
        click.echo(f"what it was before is good until {made.former_until:%Y-%m-%d %H:%M} UTC")


@source.command("set")
@click.argument("name")
@click.option(
    "--unverified", type=click.Choice(UNVERIFIED), help="What becomes of deliveries that prove nothing."
)
@click.option("--on/--off", "enabled", default=None, help="Take deliveries, or none.")
@click.option("--rename", metavar="NAME", help="Call it something else.")
@click.pass_obj
def source_set(
    settings: Settings, name: str, unverified: str | None, rename: str | None, *, enabled: bool | None
) -> None:
    """Change how a source behaves."""
    with _changing(settings, name) as (connection, found):
        wanted = SourceSettings(unverified=POLICIES[unverified]) if unverified else None
        change_source(connection, found.workspace_id, found.id, SourceChange(rename, enabled, wanted))
        fields = {"unverified": unverified, "enabled": enabled, "name": rename}
        changed = sorted(field for field, value in fields.items() if value is not None)
        note(connection, found.workspace_id, "source_changed", f"source:{found.id}", {"fields": changed})
    click.echo(f"changed {', '.join(changed) or 'nothing'}")


@source.command("test")
@click.argument("name")
@click.pass_obj
def source_test(settings: Settings, name: str) -> None:
    """Put a test in, signed as the provider would sign it."""
    keyring = keyring_of(settings)
    with _changing(settings, name) as (connection, found):
        event = trial_event(found, Trial(COMMAND_LINE, keyring, public_url(settings)))
        (received,) = receive(connection, [event])
    click.echo(f"stored as {received.event_id}")


@source.command("mapping")
@click.argument("name")
@click.option(
    "--set", "given", metavar="FIELD=JMESPATH", multiple=True, help="Where a field stands; the rest is kept."
)
@click.option("--restore", type=int, metavar="VERSION", help="Use an earlier mapping again.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.pass_obj
def source_mapping(
    settings: Settings, name: str, given: tuple[str, ...], restore: int | None, *, as_json: bool
) -> None:
    """Show the mappings a source has had, newest first; or save one, or take one up again."""
    with _changing(settings, name) as (connection, found):
        place = (found.workspace_id, found.id)
        if restore is not None:
            _saved(connection, found, restore_mapping(connection, place, restore, COMMAND_LINE))
        elif given:
            pairs = (one.partition("=") for one in given)
            changed = {field.strip(): expression for field, _, expression in pairs}
            wanted = {**found.settings.get("mapping", {}), **changed}
            _saved(connection, found, save_mapping(connection, place, wanted, COMMAND_LINE))
        versions = mappings(connection, *place)
    for one in versions:
        if as_json:
            click.echo(
                orjson.dumps(
                    {
                        "version": one.version,
                        "mapping": one.mapping,
                        "saved_at": one.saved_at,
                        "saved_by": one.saved_by,
                    }
                )
            )
        else:
            click.echo(
                f"{one.version:>4}  {one.saved_at:%Y-%m-%d %H:%M}  {one.saved_by}  {orjson.dumps(one.mapping).decode()}"
            )
    if not versions and not as_json:
        click.echo("this source has no mapping of its own")


def _saved(connection: Connection, found: Source, saved: MappingVersion) -> None:
    note(connection, found.workspace_id, "mapping_saved", f"source:{found.id}", {"version": saved.version})


COMMANDS = (source,)  # with the subcommands of sources.py and of this file
