"""A source can be tried from the screen, with an event that goes the whole way."""

from collections.abc import Callable

import pytest

from posthus.database.pool import Database
from posthus.intake.sources import NewSource
from posthus.intake.trial import trial_event
from posthus.jobs import WorkspaceId

MakeSource = Callable[[NewSource], Source]


@pytest.mark.parametrize("provider", ["generic", "standard-webhooks", "github", "wotnot", None])
def test_a_trial_event_is_received_every_time(
    database: Database,
    make_source: MakeSource,
    workspace_id: WorkspaceId,
    provider: str | None,
    count: Callable[[str], int],
) -> None:
    source = make_source(
        NewSource(workspace_id, "webhook", "Try", provider=provider)
        if provider
        else NewSource(workspace_id, "smtp", "Try", address="try@example.com")
    )
    for _ in range(2):
        with database.transaction() as connection:
            (received,) = receive(connection, [trial_event(source)])
        assert not received.duplicate
    assert count("event") == count("log") == 2
