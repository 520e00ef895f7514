"""Commands about own systems that hand mail in: source password."""

import click
import orjson

from posthus.app.connect import reach
from posthus.app.settings import Settings
from posthus.app.workspaces import the_source, the_workspace
from posthus.intake.sources import SourceError
from posthus.intake.submission import new_password


@click.command("password")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def source_password(settings: Settings, name: str, *, as_json: bool) -> None:
    """Make a password for a mail address, with which your own systems hand any mail in over SMTP.

    Whoever signs in may name any recipient; the mail is stored with this source and never sent on. An earlier
    password stops working.
    """
    with reach(settings) as database, database.transaction() as connection:
        workspace_id = the_workspace(connection)
        try:
            address, password = new_password(
                connection, workspace_id, the_source(connection, workspace_id, name)
            )
        except SourceError as error:
            raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(orjson.dumps({"user": address, "password": password}))
    else:
        click.echo(f"user: {address}\npassword: {password}\nKeep it: it is not shown again.")
