"""Stored secrets: sealed in the table, sealed again after a rotation, and never lost on the way."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from posthus.app.keys import keep_sealed, key_file, keyring_of
from posthus.app.settings import read_settings
from posthus.database.pool import Database
from posthus.intake.rotation import rotate_secret
from posthus.intake.secrets import (
    Keyring,
    SecretCounts,
    SecretKeyError,
    about,
    count_secrets,
    reseal,
    seal_plain,
)
from posthus.intake.sources import NewSource, Source, add_source, source_by_id
from posthus.jobs import WorkspaceId
from posthus.operations.doctor import examine
from tests.integration.intake.test_webhooks import ask, serve, signature
from tests.keys import KEYRING, TEST_KEY

NEWER = "newer key " * 4


def stored(database: Database) -> list[str]:
    with database.transaction() as connection:
        return [
            secret
            for (secret,) in connection.execute(
                "select secret from posthus.source where secret is not null order by id"
            )
        ]


def test_a_secret_is_sealed_in_the_table(database: Database, workspace_id: WorkspaceId) -> None:
    with database.transaction() as connection:
        made = add_source(connection, NewSource(workspace_id, "webhook", "Shop"), KEYRING)
        first = stored(database) or [
            row[0] for row in connection.execute("select secret from posthus.source")
        ]
        rotated = rotate_secret(connection, (workspace_id, made.id), KEYRING)
        source = source_by_id(connection, workspace_id, made.id)
    assert source is not None
    assert source.secret is not None
    assert all(text not in first[0] + source.secret for text in (made.secret or "", rotated.secret or ""))
    assert KEYRING.open(source.secret, about("source", workspace_id)) == rotated.secret != made.secret


def test_secrets_cannot_be_made_without_a_key(database: Database, workspace_id: WorkspaceId) -> None:
    with database.transaction() as connection, pytest.raises(SecretKeyError, match="POSTHUS_SECRET_KEY"):
        add_source(connection, NewSource(workspace_id, "webhook", "Shop"))
    with database.transaction() as connection:
        assert add_source(connection, NewSource(workspace_id, "webhook", "Form", signed=False)).secret is None


def test_plain_secrets_are_sealed_at_start_and_old_keys_can_go(
    database: Database, workspace_id: WorkspaceId
) -> None:
    with database.transaction() as connection:
        add_source(connection, NewSource(workspace_id, "webhook", "Shop"), KEYRING)
        connection.execute(
            "insert into posthus.source (workspace_id, kind, name, token, secret)"
            " values (%s, 'webhook', 'Before', 'token', 'in the open')",
            (workspace_id,),
        )
        assert count_secrets(connection, KEYRING) == SecretCounts(1, 0, 1, 0)
    keep_sealed(database, Keyring(()))
    assert "in the open" in stored(database)
    keep_sealed(database, KEYRING)
    both = Keyring([NEWER, TEST_KEY])
    with database.transaction() as connection:
        assert count_secrets(connection, KEYRING) == SecretCounts(2, 0, 0, 0)
        assert count_secrets(connection, both) == SecretCounts(0, 2, 0, 0)
        assert seal_plain(connection, both) == 0
        assert count_secrets(connection, Keyring([NEWER])) == SecretCounts(0, 0, 0, 2)
        assert reseal(connection, Keyring([NEWER])) == 0
        assert reseal(connection, both) == 2
        assert reseal(connection, both) == 0
        assert count_secrets(connection, Keyring([NEWER])) == SecretCounts(2, 0, 0, 0)


@pytest.mark.parametrize(
    ("keys", "state", "says"),
    [
        ([TEST_KEY], "fine", "1 sealed"),
        ([NEWER, TEST_KEY], "warning", "older key"),
        ([NEWER], "broken", "cannot be opened"),
    ],
)
def test_doctor_tells_how_they_stand(
    database: Database, workspace_id: WorkspaceId, keys: list[str], state: str, says: str
) -> None:
    with database.transaction() as connection:
        add_source(connection, NewSource(workspace_id, "webhook", "Shop"), KEYRING)
    (finding,) = [one for one in examine(database, Keyring(keys)) if one.subject == "secrets"]
    assert (finding.state, says in finding.detail) == (state, True)


def test_a_delivery_whose_secret_cannot_be_opened_is_asked_for_again(
    database_url: str,
    database: Database,
    make_source: Callable[[NewSource], Source],
    workspace_id: WorkspaceId,
) -> None:
    source = make_source(NewSource(workspace_id, "webhook", "Shop"))
    headers = signature(source, b"{}")
    with database.transaction() as connection:
        reseal(connection, Keyring([NEWER, TEST_KEY]))
    answer = serve(database_url, lambda intake: ask(intake, f"/in/{source.token}", b"{}", headers))
    assert (answer.status, dict(answer.headers)["retry-after"]) == (503, "5")
    assert source.secret not in json.loads(answer.body)["detail"]


def test_a_laptop_makes_its_key_once_for_its_owner_alone(tmp_path: Path) -> None:
    settings = read_settings({"POSTHUS_DATA": str(tmp_path / "data")})
    sealed = keyring_of(settings).seal("s", "a")
    assert keyring_of(settings).open(sealed, "a") == "s"
    assert key_file(settings).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret-key"]
    chosen = read_settings(
        {"POSTHUS_DATA": str(tmp_path / "data"), "POSTHUS_SECRET_KEY": f"{NEWER}, {TEST_KEY}"}
    )
    assert keyring_of(chosen).first == Keyring([NEWER.strip()]).first


def test_a_process_of_a_cluster_makes_no_key_of_its_own(tmp_path: Path) -> None:
    alone = read_settings({"POSTHUS_DATA": str(tmp_path / "data")})
    one_of_many = replace(alone, database_url="postgresql://db.example.com/posthus")
    assert keyring_of(one_of_many).first is None
    assert not key_file(one_of_many).exists()
