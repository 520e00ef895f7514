"""Commands about who may sign in and which programs may ask: user add, key create."""

import sys

import click
import orjson

from posthus.api.members import add_member, create_key
from posthus.api.rights import Scope
from posthus.api.shapes.shape import Role
from posthus.app.connect import reach
from posthus.app.settings import Settings
from posthus.app.workspaces import the_workspace

ROLES: tuple[Role, ...] = ("admin", "manager", "agent", "read-only")
SCOPES: tuple[Scope, ...] = ("read", "write", "search", "admin")


@click.group()
def user() -> None:
    """People who sign in."""


@user.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--name", help="How the person is called (default: the part before the @).")
@click.option("--password-stdin", is_flag=True, required=True, help="Read the password from standard input.")
@click.pass_obj
def user_add(settings: Settings, /, email: str, role: Role, name: str | None, **_: bool) -> None:
    """Add a person, or give one that exists a new role and password."""
    password = sys.stdin.readline().rstrip("\r\n")
    person = (email, name or email.partition("@")[0])
    with reach(settings) as database, database.transaction() as connection:
        try:
            member_id = add_member(connection, the_workspace(connection), person, role, password)
        except ValueError as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{email} is {role} (number {member_id})")


@click.group()
def key() -> None:
    """Keys for programs that use the API."""


@key.command("create")
@click.option("--scope", "scopes", type=click.Choice(SCOPES), multiple=True, required=True)
@click.option("--name", default="command line", show_default=True, help="What the key is for.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def key_create(settings: Settings, scopes: tuple[Scope, ...], name: str, *, as_json: bool) -> None:
    """Make a key; it is shown this once."""
    with reach(settings) as database, database.transaction() as connection:
        number, made = create_key(connection, the_workspace(connection), name, scopes)
    if as_json:
        click.echo(orjson.dumps({"id": number, "key": made, "scopes": list(scopes)}))
    else:
        click.echo(f"{made}\nKeep it: it is not shown again. Use it as: Authorization: Bearer {made}")


COMMANDS = (user, key)
