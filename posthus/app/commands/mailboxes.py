"""Commands about mailboxes that are followed over IMAP: source add imap, mailbox list, test, check."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict

import click
import orjson
from imapclient.exceptions import IMAPClientError

from posthus.app.connect import reach
from posthus.app.keys import keyring_of
from posthus.app.settings import Settings
from posthus.app.workspaces import the_source, the_workspace
from posthus.intake.imap_access import try_access
from posthus.intake.imap_mailboxes import (
    Access,
    Secret,
    access_of,
    add_mailbox,
    ask_for_check,
    folder_states,
    mailbox,
    mailbox_states,
)
from posthus.intake.imap_tokens import PROVIDERS
from posthus.intake.imap_trouble import TokenError, trouble_of
from posthus.intake.sources import SourceError

Options = Mapping[str, object]
_PORTS = {"tls": 993, "starttls": 143, "none": 143}
# Of the command `source add`, beside its own.
MAILBOX_OPTIONS: Sequence[click.Parameter] = (
    click.Option(["--host"], help="The mail server (imap)."),
    click.Option(["--port"], type=click.IntRange(1, 65535), help="Its port (default 993, without TLS 143)."),
    click.Option(["--security"], type=click.Choice(list(_PORTS)), default="tls", show_default=True),
    click.Option(["--user"], help="Who signs in (imap)."),
    click.Option(["--password-stdin"], is_flag=True, help="Read the password from standard input (imap)."),
    click.Option(
        ["--folders"], help="Only these, with commas between (default: all but drafts, junk, trash)."
    ),
    click.Option(["--oauth"], metavar="google|microsoft|URL", help="Sign in with tokens got there (imap)."),
    click.Option(["--client-id"], help="The application's id at the token endpoint."),
    click.Option(["--client-secret"], help="Its secret, where it has one."),
    click.Option(["--scope"], help="What to ask for, where it is neither Google nor Microsoft."),
    click.Option(["--refresh-token-stdin"], is_flag=True, help="Read the refresh token from standard input."),
)


def add_imap(settings: Settings, name: str, options: Options, *, as_json: bool) -> None:
    """Make a mailbox; nothing of its secrets is shown."""
    access = _access(options)
    with reach(settings) as database, database.transaction() as connection:
        try:
            made = add_mailbox(connection, keyring_of(settings), the_workspace(connection), name, access)
        except SourceError as error:
            raise click.ClickException(str(error)) from error
    address = f"imap://{access.username}@{access.host}:{access.port}"
    if as_json:
        click.echo(orjson.dumps({"id": made, "address": address, "secret": None}))
    else:
        click.echo(f"source {made}: {address}\ntry it with: posthus mailbox test {made}")


def _access(options: Options) -> Access:
    text = {key: value.strip() for key, value in options.items() if isinstance(value, str)}
    security = text.get("security", "tls")
    port = options.get("port")
    oauth, scope, token_url, host = text.get("oauth"), text.get("scope"), None, text.get("host", "")
    if oauth is not None:
        known = PROVIDERS.get(oauth)
        token_url = known.token_url if known else oauth
        scope, host = scope or (known.scope if known else None), host or (known.host if known else "")
    typed = ""
    if options.get("password_stdin") or options.get("refresh_token_stdin"):
        typed = sys.stdin.readline().rstrip("\r\n")
    return Access(
        host=host,
        username=text.get("user", ""),
        secret=Secret(
            password="" if oauth else typed,
            refresh_token=typed if oauth else "",
            client_secret=text.get("client_secret", ""),
        ),
        port=port if isinstance(port, int) else _PORTS[security],
        security="tls" if security == "tls" else "starttls" if security == "starttls" else "none",
        sign_in="oauth" if oauth else "password",
        token_url=token_url,
        client_id=text.get("client_id"),
        scope=scope,
        folders=[folder.strip() for folder in text.get("folders", "").split(",") if folder.strip()],
    )


@click.group("mailbox")
def mailboxes() -> None:
    """Mailboxes that are followed over IMAP; make one with: posthus source add imap."""


@mailboxes.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per mailbox.")
@click.pass_obj
def mailbox_list(settings: Settings, *, as_json: bool) -> None:
    """Show how every mailbox and its folders stand."""
    with reach(settings) as database, database.transaction() as connection:
        workspace_id = the_workspace(connection)
        states, folders = mailbox_states(connection, workspace_id), folder_states(connection, workspace_id)
    for state in states:
        own = [folder for folder in folders if folder.source_id == state.source_id]
        if as_json:
            click.echo(orjson.dumps({**asdict(state), "folder_states": [asdict(folder) for folder in own]}))
            continue
        trouble = f"  {state.trouble}: {state.words}" if state.trouble else ""
        click.echo(
            f"{state.source_id:>5}  {state.name:<24} {state.username}@{state.host}  {state.state}{trouble}"
        )
        for folder in own:
            gone = "  no longer on the server" if folder.gone_at else ""
            click.echo(
                f"       {folder.name:<24} {folder.known} of {folder.on_server}, missing {folder.missing},"
                f" gone {folder.gone}, in trouble {folder.troubled}{gone}"
            )


@mailboxes.command("test")
@click.argument("name")
@click.pass_obj
def mailbox_test(settings: Settings, name: str) -> None:
    """Sign in to a mailbox and count what is there; nothing is changed or taken in."""
    with reach(settings) as database, database.transaction() as connection:
        workspace_id = the_workspace(connection)
        found = mailbox(connection, workspace_id, the_source(connection, workspace_id, name))
    if found is None:
        raise click.ClickException(f"{name!r} is no mailbox")
    try:
        there = try_access(access_of(keyring_of(settings), found))
    except (IMAPClientError, TokenError, OSError) as error:
        trouble = trouble_of(error, 0)
        raise click.ClickException(f"{trouble.kind}: {trouble.words}") from error
    for folder, messages in there.folders:
        click.echo(f"{folder}: {messages} messages")


@mailboxes.command("check")
@click.argument("name")
@click.pass_obj
def mailbox_check(settings: Settings, name: str) -> None:
    """Have every message number compared with the server's now; posthus mailbox list shows what it found."""
    with reach(settings) as database, database.transaction() as connection:
        workspace_id = the_workspace(connection)
        if not ask_for_check(connection, workspace_id, the_source(connection, workspace_id, name)):
            raise click.ClickException(f"{name!r} is no mailbox")
    click.echo("asked; whoever runs intake-imap compares them within seconds")


COMMANDS = (mailboxes,)
