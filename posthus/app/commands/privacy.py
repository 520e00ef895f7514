"""Commands about what the law gives people: erase."""

import click
import orjson

from posthus.api.members import COMMAND_LINE, note_audit
from posthus.app.connect import reach
from posthus.app.errands import errand_runner
from posthus.app.settings import Settings
from posthus.app.workspaces import the_contact, the_workspace
from posthus.conversations.doer import Doer
from posthus.conversations.erasing import HeldError, order_erasure, would_go
from posthus.conversations.errands import find_errand
from posthus.database.pool import Database


@click.command()
@click.argument("contact")
@click.option("--yes", is_flag=True, help="Do not ask; there is no way back.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: the receipt.")
@click.pass_obj
def erase(settings: Settings, contact: str, *, yes: bool, as_json: bool) -> None:
    """Erase a contact (number, name or address) with all messages, files and vectors, and print the receipt."""
    with reach(settings) as database:
        with database.transaction() as connection:
            workspace_id = the_workspace(connection)
            number = the_contact(connection, workspace_id, contact)
            going = would_go(connection, workspace_id, number)
            assert going is not None
        asked = f"Erase {going.messages} messages in {going.conversations} conversations for good?"
        if not yes and not click.confirm(asked, err=True):
            raise click.Abort
        receipt = _erase(database, Doer(workspace_id, COMMAND_LINE), number)
    if as_json:
        click.echo(orjson.dumps(receipt))
        return
    for name, value in receipt.items():
        click.echo(f"{name:<14} {value}")


def _erase(database: Database, doer: Doer, number: int) -> dict[str, object]:
    with database.transaction() as connection:
        try:
            errand = order_erasure(connection, doer, number)
        except HeldError as error:
            raise click.ClickException("something of theirs is under legal hold") from error
        assert errand is not None
        note_audit(connection, doer, "contact_erased", f"contact:{number}", {"errand": errand.id})
    runner = errand_runner(database)
    while errand is not None and errand.state in {"waiting", "running"}:
        runner.run_once()
        with database.transaction() as connection:
            errand = find_errand(connection, doer.workspace_id, errand.id)
    if errand is None or errand.state != "done":
        raise click.ClickException(errand.error if errand else "the errand is gone")
    return {"number": errand.id, **errand.result}


COMMANDS = (erase,)
