"""Commands about where things come from: source add, source list, source limit."""

import click
import orjson

from posthus.app.commands.mailboxes import MAILBOX_OPTIONS, add_imap
from posthus.app.commands.seeing import source_line
from posthus.app.commands.submission import source_password
from posthus.app.connect import reach
from posthus.app.keys import keyring_of
from posthus.app.noting import note
from posthus.app.served import public_url
from posthus.app.settings import Settings
from posthus.app.workspaces import the_workspace
from posthus.intake.providers.table import PRESETS
from posthus.intake.sources import (
    NewSource,
    SourceChange,
    SourceError,
    add_source,
    change_source,
    source_by_name,
)
from posthus.operations.status import source_counts

KINDS = ("webhook", "smtp", "imap")


@click.group()
def source() -> None:
    """Where things come from: webhooks, mail addresses, imports."""


@source.command("add", params=list(MAILBOX_OPTIONS))
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--name", required=True)
@click.option(
    "--provider",
    type=click.Choice(list(PRESETS)),
    default="generic",
    show_default=True,
    help="Whose signatures and payloads to expect.",
)
@click.option("--secret", help="The secret the provider gave you (default: one is made).")
@click.option("--address", help="The address that mail is sent to (smtp).")
@click.option("--unsigned", is_flag=True, help="Accept generic webhooks without a signature.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def source_add(settings: Settings, /, kind: str, name: str, *, as_json: bool, **options: object) -> None:
    """Make a source; its secret is shown this once."""
    if kind == "imap":
        add_imap(settings, name, options, as_json=as_json)
        return
    with reach(settings) as database, database.transaction() as connection:
        keyring = keyring_of(settings)
        new = NewSource(
            workspace_id=the_workspace(connection),
            kind="webhook" if kind == "webhook" else "smtp",
            name=name,
            provider=str(options["provider"]),
            address=_text(options["address"]),
            secret=_text(options["secret"]),
            signed=not options["unsigned"],
        )
        try:
            made = add_source(connection, new, keyring)
        except SourceError as error:
            raise click.ClickException(str(error)) from error
        detail = {"kind": new.kind, "provider": new.provider}
        note(connection, new.workspace_id, "source_added", f"source:{made.id}", detail)
    url = f"{public_url(settings)}/in/{made.token}" if made.token else None
    where = {"url": url} if url else {"address": made.address}
    if as_json:
        click.echo(orjson.dumps({"id": made.id, **where, "secret": made.secret}))
        return
    click.echo(f"source {made.id}: {url or made.address}")
    if made.secret:
        click.echo(f"secret: {made.secret}\nKeep it: it is not shown again.")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


@source.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.pass_obj
def source_list(settings: Settings, *, as_json: bool) -> None:
    """Show every source with what it received, stored, filed, indexed and buried."""
    with reach(settings) as database, database.transaction() as connection:
        found = source_counts(connection)
    for one in found:
        url = f"{public_url(settings)}/in/{one.token}" if one.token else None
        line = {**source_line(one), "url": url}
        if as_json:
            click.echo(orjson.dumps(line))
        else:
            mark = "complete" if one.complete else "not complete"
            click.echo(
                f"{one.id:>5}  {one.name:<24} {one.kind:<8} received {one.stored}  filed {one.filed}"
                f"  indexed {one.indexed} of {one.messages}  buried {one.buried}  {mark}  {url or one.address or ''}"
            )


@source.command("limit")
@click.argument("name")
@click.option("--per-minute", type=click.IntRange(0, 1_000_000), required=True, help="0 for any number.")
@click.pass_obj
def source_limit(settings: Settings, name: str, per_minute: int) -> None:
    """Let a webhook source send so many deliveries a minute; the others are told to come again."""
    with reach(settings) as database, database.transaction() as connection:
        workspace = the_workspace(connection)
        found = source_by_name(connection, workspace, name)
        if found is None:
            raise click.ClickException(f"there is no source {name}")
        change_source(connection, workspace, found.id, SourceChange(settings={"per_minute": per_minute}))
        note(connection, workspace, "source_changed", f"source:{found.id}", {"fields": ["per_minute"]})
    click.echo(f"{found.name}: {per_minute or 'any number'} a minute")


source.add_command(source_password)
