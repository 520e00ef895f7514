"""Commands about the keys that stored secrets are sealed with: secrets new-key, secrets reseal."""

import click

from posthus.app.connect import reach
from posthus.app.keys import keyring_of
from posthus.app.settings import Settings
from posthus.intake.secrets import count_secrets, new_key, reseal


@click.group()
def secrets() -> None:
    """Keys that the secrets of sources and mailboxes are sealed with."""


@secrets.command("new-key")
def secrets_new_key() -> None:
    """Print a new key for POSTHUS_SECRET_KEY; nothing is changed."""
    click.echo(new_key())


@secrets.command("reseal")
@click.pass_obj
def secrets_reseal(settings: Settings) -> None:
    """Seal every stored secret with the first key; run it once every process has that key."""
    with reach(settings) as database, database.transaction() as connection:
        keyring = keyring_of(settings)
        if keyring.first is None:
            raise click.ClickException("no key is set: POSTHUS_SECRET_KEY=$(posthus secrets new-key)")
        changed = reseal(connection, keyring)
        lost = count_secrets(connection, keyring).lost
    click.echo(f"sealed {changed} with key {keyring.first}")
    if lost:
        raise click.ClickException(f"{lost} were sealed with a key that is not set and stay as they are")


COMMANDS = (secrets,)
