"""Commands about who may sign in and which programs may ask: user add, key create."""

import sys

import click
import orjson

from posthus.api.keys import create_key
from posthus.api.members import add_member
from posthus.app.connect import reach
from posthus.app.settings import Settings
from posthus.app.workspaces import the_workspace

ROLES = ("admin", "manager", "agent", "read-only")
SCOPES = ("read", "write", "search", "admin")
SHORTEST_PASSWORD = 10


@click.group()
def user() -> None:
    """People who sign in."""


@user.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--name", help="How the person is called (default: the part before the @).")
@click.option("--password-stdin", is_flag=True, required=True, help="Read the password from standard input.")
@click.pass_obj
def user_add(settings: Settings, email: str, role: str, name: str | None, **_: bool) -> None:
    """Add a person, or give one that exists a new role and password."""
    password = sys.stdin.readline().rstrip("\r\n")
    if len(password) < SHORTEST_PASSWORD:
        raise click.ClickException(f"the password has {len(password)} characters; it needs {SHORTEST_PASSWORD}")
    if "@" not in email:
        raise click.BadParameter(f"{email!r} is not an e-mail address")
    person = (email.lower(), name or email.partition("@")[0])
    with reach(settings) as database, database.transaction() as connection:
        member_id = add_member(connection, the_workspace(connection), person, role, password)
    click.echo(f"{email} is {role} (number {member_id})")


@click.group()
def key() -> None:
    """Keys for programs that use the API."""


@key.command("create")
@click.option("--scope", "scopes", type=click.Choice(SCOPES), multiple=True, required=True)
@click.option("--name", default="command line", show_default=True, help="What the key is for.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def key_create(settings: Settings, scopes: tuple[str, ...], name: str, *, as_json: bool) -> None:
    """Make a key; it is shown this once."""
    with reach(settings) as database, database.transaction() as connection:
        made = create_key(connection, the_workspace(connection), name, list(scopes))
    if as_json:
        click.echo(orjson.dumps({"id": made.id, "key": made.key, "scopes": list(scopes)}))
    else:
        click.echo(f"{made.key}\nKeep it: it is not shown again. Use it as: Authorization: Bearer {made.key}")


COMMANDS = (user, key)
