"""Sources and their quarantine from the terminal."""

import json
from pathlib import Path
from typing import Protocol

import click
import pytest
from click.testing import CliRunner

from posthus.api.members import ensure_workspace
from posthus.app.cli import posthus
from posthus.database.pool import Database
from posthus.intake.admission import Moment, event_of
from posthus.intake.inbox import receive
from posthus.intake.providers.delivery import Delivery, Refusal
from posthus.intake.sources import source_by_name
from tests.keys import TEST_KEY


class Say(Protocol):
    """Runs a command and answers what it prints."""

    def __call__(self, *arguments: str, fails: bool = False) -> str: ...


@pytest.fixture
def say(database: Database, database_url: str, tmp_path: Path) -> Say:
    """Runs a command and answers what it prints."""
    with database.transaction() as connection:
        ensure_workspace(connection, "Tagfirmaet", ["example.dk"])
    environment = {
        "POSTHUS_DATABASE_URL": database_url, "POSTHUS_SECRET_KEY": TEST_KEY, "POSTHUS_DATA": str(tmp_path)
    }  # fmt: skip

    def run(*arguments: str, fails: bool = False) -> str:
        done = CliRunner().invoke(posthus, list(arguments), env=environment)
        assert (done.exit_code != 0) == fails, done.output
        return done.output

    return run


def test_a_source_is_added_rotated_set_and_tried(say: Say) -> None:
    made = json.loads(say("source", "add", "webhook", "--name", "Butik", "--provider", "stripe", "--json"))
    assert set(made) == {"id", "url", "secret"}
    rotated = json.loads(
        say("source", "rotate", "Butik", "--secret", "whsec_x", "--overlap-hours", "2", "--json")
    )
    assert (rotated["secret"], rotated["url"]) == ("whsec_x", made["url"])
    assert rotated["former_until"]
    assert "stored as" in say("source", "test", "Butik")
    assert "changed name, unverified" in say(
        "source", "set", "Butik", "--unverified", "retry", "--rename", "Shop"
    )
    assert "there is no source Butik" in say("source", "test", "Butik", fails=True)
    assert "hexadecimal" in say(
        "source", "add", "webhook", "--name", "D", "--provider", "dixa", "--secret", "no", fails=True
    )


def test_a_mapping_is_saved_and_restored(say: Say) -> None:
    say("source", "add", "webhook", "--name", "Form", "--unsigned")
    assert "no mapping" in say("source", "mapping", "Form")
    say("source", "mapping", "Form", "--set", "text=a.b")
    say("source", "mapping", "Form", "--set", "subject=c", "--set", "text=")
    say("source", "mapping", "Form", "--restore", "1")
    lines = [json.loads(line) for line in say("source", "mapping", "Form", "--json").splitlines()]
    assert [(one["version"], one["mapping"]) for one in lines] == [
        (3, {"text": "a.b"}), (2, {"subject": "c"}), (1, {"text": "a.b"}),
    ]  # fmt: skip
    assert "no JMESPath" in say("source", "mapping", "Form", "--set", "text=[", fails=True)


def test_the_quarantine_is_listed_shown_let_in_and_emptied(say: Say, database: Database) -> None:
    say("source", "add", "webhook", "--name", "Form", "--unsigned")
    assert "nothing waits" in say("quarantine", "list")
    with database.transaction() as connection:
        found = connection.execute("select workspace_id from posthus.source").fetchone()
        assert found is not None
        source = source_by_name(connection, found[0], "Form")
        assert source is not None
        refused = Refusal("mismatch", "it does not fit")
        events = [event_of(source, Delivery({}, b'{"n":%d}' % n), Moment(1.0), refused) for n in range(4)]
        ids = [str(one.event_id) for one in receive(connection, events)]
    assert len(say("quarantine", "list", "--json", "--source", "Form").splitlines()) == 4
    assert '{"n":0}' in say("quarantine", "show", ids[0])
    assert "released 1" in say("quarantine", "release", ids[0])
    assert "nothing waits under" in say("quarantine", "show", ids[0], fails=True)
    assert "name deliveries" in say("quarantine", "drop", fails=True)
    assert "dropped 1" in say("quarantine", "drop", ids[1])
    assert "released 2" in say("quarantine", "release", "--all")
    with database.transaction() as connection:
        counted = connection.execute("select count(*) from posthus.event where state = 'accepted'").fetchone()
        noted = connection.execute("select actor, action from posthus.audit").fetchall()
    assert counted == (3,)
    assert {actor for actor, action in noted if action.startswith("quarantine")} == {"command line"}


def test_the_audit_log_knows_what_was_done_from_the_terminal(say: Say, database: Database) -> None:
    say("source", "add", "webhook", "--name", "Shop")
    say("source", "limit", "Shop", "--per-minute", "60")
    say("source", "rotate", "Shop")
    say("buried", "replay", "--all")
    say("buried", "drop", "--stage", "file", "--dry-run")
    say("replay", "--source", "Shop")
    with database.transaction() as connection:
        noted = connection.execute("select actor, action from posthus.audit order by id").fetchall()
    actions = ["source_added", "source_changed", "secret_rotated", "buried_replayed", "replay_asked"]
    assert [action for _, action in noted if action != "workspace_added"] == actions
    assert {actor for actor, _ in noted} == {"command line"}


def test_every_command_teaches(say: Say) -> None:
    context = click.Context(posthus)
    for group in posthus.list_commands(context):
        assert "Usage" in say(group, "--help")
    for group in ("source", "quarantine", "secrets"):
        command = posthus.get_command(context, group)
        assert isinstance(command, click.Group)
        for name in command.commands:
            assert "Usage" in say(group, name, "--help")
