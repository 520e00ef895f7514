"""Webhooks at the real intake: what each provider is told, what is kept aside, and what changes without a gap."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from posthus.database.pool import Database
from posthus.intake.answers import Answer, Head
from posthus.intake.http import WebhookIntake
from posthus.intake.inbox import receive
from posthus.intake.providers.delivery import Delivery
from posthus.intake.providers.table import PRESETS
from posthus.intake.quarantine import Chosen, drop, kept_aside, original_of, release
from posthus.intake.rejections import received_by, rejections
from posthus.intake.rotation import Rotation, rotate_secret
from posthus.intake.samples import Letter, sample
from posthus.intake.sources import NewSource, Settings, Source, SourceChange, SourceError, change_source
from posthus.intake.trial import Trial, trial_event
from posthus.jobs import WorkspaceId
from tests.integration.intake.test_webhooks import serve
from tests.keys import KEYRING

MakeSource = Callable[[NewSource], Source]
PUBLIC = "https://crm.example.dk"
SIGNED = sorted(name for name in PRESETS if name not in ("ses", "sendgrid"))


def provided(
    make_source: MakeSource, workspace_id: WorkspaceId, name: str, settings: Settings | None = None
) -> Source:
    """A source of a provider, with a secret of the provider's form."""
    secret = PRESETS[name].proof.new_secret()
    return make_source(
        NewSource(
            workspace_id, "webhook", name, provider=name, secret=secret, settings=settings or Settings()
        )
    )


def delivered(source: Source, key: str = "k1", secret: str | None = None) -> Delivery:
    """What the provider would send to the source now."""
    letter = Letter(key, "Hej", datetime.now(UTC))
    bare = replace(sample(source.provider, letter), urls=(f"{PUBLIC}/in/{source.token}",))
    used = secret or source.secret
    signed = source.preset.proof.sign(bare, used, datetime.now(UTC).timestamp()) if used else None
    return signed or bare


async def send(intake: WebhookIntake, source: Source, delivery: Delivery, token: str | None = None) -> Answer:
    async def read(limit: int) -> bytes | None:
        return delivery.body if len(delivery.body) <= limit else None

    path = f"/in/{token or source.token}"
    head = Head(delivery.method, path, delivery.query, delivery.headers, len(delivery.body), "127.0.0.1")
    return await intake.answer(head, read)


def at_intake(url: str, *sending: tuple[Source, Delivery]) -> list[Answer]:
    """Send each in turn."""

    async def work(intake: WebhookIntake) -> list[Answer]:
        return [await send(intake, source, delivery) for source, delivery in sending]

    return serve(url, work)


def spoiled(delivery: Delivery) -> Delivery:
    """The same with another body, or where that is not signed, another token."""
    headers = {
        name: value for name, value in delivery.headers.items() if name not in ("x-token", "authorization")
    }
    headers.pop("x-postmark-token", None)
    headers.pop("x-wotnot-token", None)
    return replace(
        delivery, body=delivery.body.replace(b"signature=", b"signature=0") + b" ", headers=headers
    )


@pytest.mark.parametrize("name", SIGNED)
def test_a_delivery_is_stored_once_and_a_spoiled_one_is_not(
    database_url: str,
    make_source: MakeSource,
    workspace_id: WorkspaceId,
    name: str,
    count: Callable[[str], int],
) -> None:
    source = provided(make_source, workspace_id, name, Settings(unverified="refuse"))
    delivery = delivered(source)
    first, again, bad = at_intake(
        database_url, (source, delivery), (source, delivery), (source, spoiled(delivery))
    )
    assert first.status == again.status == PRESETS[name].manner.accepted
    assert bad.status == 401, bad.body
    assert first.body == again.body
    assert count("event") == count("log") == 1


@pytest.mark.parametrize(
    ("settings", "status", "events"),
    [
        ({"unverified": "refuse"}, 401, 0),
        ({"unverified": "retry"}, 503, 0),
        ({"unverified": "quarantine"}, 202, 1),
    ],
)
def test_a_source_decides_what_becomes_of_the_unproved(
    database_url: str,
    database: Database,
    make_source: MakeSource,
    workspace_id: WorkspaceId,
    settings: Settings,
    status: int,
    events: int,
    count: Callable[[str], int],
) -> None:
    source = provided(make_source, workspace_id, "generic", settings)
    (answer,) = at_intake(database_url, (source, spoiled(delivered(source))))
    assert answer.status == status
    assert ("retry-after" in dict(answer.headers)) == (status == 503)
    assert (count("event"), count("quarantine"), count("log")) == (events, events, 0)
    with database.transaction() as connection:
        since = datetime.now(UTC) - timedelta(hours=2)
        (refused,) = rejections(connection, workspace_id, source.id, since)
    assert (refused.reason, refused.count) == ("mismatch", 1)
    assert "signature" in refused.detail


@pytest.mark.parametrize(
    ("name", "status"), [("hubspot", 503), ("sendgrid", 503), ("shopify", 200), ("stripe", 401)]
)
def test_a_provider_that_would_lose_the_delivery_is_not_refused(
    database_url: str, make_source: MakeSource, workspace_id: WorkspaceId, name: str, status: int
) -> None:
    if name == "sendgrid":
        key = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g=="
        source = make_source(NewSource(workspace_id, "webhook", name, provider=name, secret=key))
    else:
        source = provided(make_source, workspace_id, name)
    (answer,) = at_intake(database_url, (source, Delivery({"content-type": "application/json"}, b"[{}]")))
    assert answer.status == status


def test_what_was_kept_aside_is_let_in_once_or_dropped(
    database_url: str,
    database: Database,
    make_source: MakeSource,
    workspace_id: WorkspaceId,
    count: Callable[[str], int],
) -> None:
    source = provided(make_source, workspace_id, "github", Settings(unverified="quarantine"))
    wrong = "0" * 64
    keyed = [
        replace(one, headers={**one.headers, "x-github-delivery": key})
        for key, one in ((key, delivered(source, key, wrong)) for key in ("a", "b", "c"))
    ]
    at_intake(database_url, *((source, one) for one in keyed))
    # The provider sends the third again, and this time it is signed rightly.
    right = delivered(source, "c")
    at_intake(database_url, (source, replace(right, headers={**right.headers, "x-github-delivery": "c"})))
    everything = Chosen(workspace_id)
    with database.transaction() as connection:
        waiting = kept_aside(connection, everything, 10)
        assert [one.source for one in waiting] == ["github"] * 3
        original = original_of(connection, workspace_id, waiting[0].event_id)
        assert original is not None
        assert original.headers["x-github-delivery"] == "c"
        elsewhere = Chosen(WorkspaceId(workspace_id + 1))
        assert release(connection, elsewhere).taken == 0
    with database.transaction() as connection:
        dropped = drop(connection, Chosen(workspace_id, [waiting[2].event_id]))
    with database.transaction() as connection:
        released = release(connection, Chosen(workspace_id, None, source.id))
    assert (dropped.taken, released.taken, released.duplicates) == (1, 1, 1)
    assert (count("quarantine"), count("event"), count("log")) == (0, 2, 2)
    # Whoever comes with the released one again meets the one that was let in.
    again = delivered(source, "b")
    at_intake(database_url, (source, replace(again, headers={**again.headers, "x-github-delivery": "b"})))
    assert count("event") == 2


def test_a_stranger_cannot_fill_the_disk(
    database_url: str, database: Database, make_source: MakeSource, workspace_id: WorkspaceId
) -> None:
    source = provided(make_source, workspace_id, "generic", Settings(unverified="quarantine"))
    with database.transaction() as connection:
        connection.execute(
            "insert into posthus.quarantine (event_id, workspace_id, source_id, reason, key, size)"
            " select gen_random_uuid(), %s, %s, 'mismatch', '', 1 from generate_series(1, 1000)",
            (workspace_id, source.id),
        )
    (answer,) = at_intake(database_url, (source, spoiled(delivered(source))))
    assert answer.status == 401


def test_the_former_secret_is_good_for_the_overlap_and_no_longer(
    database_url: str, database: Database, make_source: MakeSource, workspace_id: WorkspaceId
) -> None:
    source = provided(make_source, workspace_id, "typeform")
    place = (workspace_id, source.id)
    with database.transaction() as connection:
        made = rotate_secret(connection, place, KEYRING, Rotation(overlap=timedelta(hours=1)))
    assert made.former_until is not None
    before, after = delivered(source, "1"), delivered(source, "2", made.secret)
    assert [one.status for one in at_intake(database_url, (source, before), (source, after))] == [200, 200]
    with database.transaction() as connection:
        connection.execute("update posthus.source_former set until = now() - interval '1 second'")
    before, after = delivered(source, "3"), delivered(source, "4", made.secret)
    assert [one.status for one in at_intake(database_url, (source, before), (source, after))] == [401, 200]
    with database.transaction() as connection:
        at_once = rotate_secret(connection, place, KEYRING)
        with pytest.raises(SourceError, match="7 days at most"):
            rotate_secret(connection, place, KEYRING, Rotation(overlap=timedelta(days=8)))
    (refused,) = at_intake(database_url, (source, delivered(source, "5", made.secret)))
    assert refused.status == 401
    assert at_once.former_until is None


def test_an_address_without_a_secret_is_rotated_with_overlap_too(
    database_url: str, database: Database, make_source: MakeSource, workspace_id: WorkspaceId
) -> None:
    source = make_source(NewSource(workspace_id, "webhook", "Form", signed=False))
    with database.transaction() as connection:
        place = (workspace_id, source.id)
        made = rotate_secret(connection, place, KEYRING, Rotation(overlap=timedelta(hours=1)))
    assert made.token != source.token

    async def work(intake: WebhookIntake) -> list[int]:
        tokens = (source.token, made.token)
        return [(await send(intake, source, delivered(source, str(token)), token)).status for token in tokens]

    assert serve(database_url, work) == [202, 202]
    with database.transaction() as connection:
        rotate_secret(connection, place, KEYRING)
    assert serve(database_url, work) == [404, 404]


def test_the_providers_own_secret_replaces_ours_and_must_have_its_form(
    database_url: str, database: Database, make_source: MakeSource, workspace_id: WorkspaceId
) -> None:
    source = provided(make_source, workspace_id, "dixa")
    with database.transaction() as connection:
        with pytest.raises(SourceError, match="hexadecimal"):
            rotate_secret(connection, (workspace_id, source.id), KEYRING, Rotation("not hex"))
        rotate_secret(connection, (workspace_id, source.id), KEYRING, Rotation("  0a1b2c  "))
    (answer,) = at_intake(database_url, (source, delivered(source, "1", "0a1b2c")))
    assert answer.status == 200


def test_metas_challenge_is_answered_for_the_right_token_alone(
    database_url: str, make_source: MakeSource, workspace_id: WorkspaceId
) -> None:
    source = provided(make_source, workspace_id, "meta")

    def asked(token: str | None) -> Delivery:
        return Delivery(
            {}, b"", "GET", query=f"hub.mode=subscribe&hub.verify_token={token}&hub.challenge=11%3C5"
        )

    right, wrong = at_intake(database_url, (source, asked(source.token)), (source, asked("guess")))
    assert (right.status, right.body, right.headers[0][1]) == (200, b"11<5", "text/plain; charset=utf-8")
    assert wrong.status == 403


def test_slacks_challenge_is_answered_once_it_is_signed(
    database_url: str, make_source: MakeSource, workspace_id: WorkspaceId, count: Callable[[str], int]
) -> None:
    source = provided(make_source, workspace_id, "slack")
    body = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()
    now = datetime.now(UTC).timestamp()
    signed = source.preset.proof.sign(Delivery({}, body), source.secret or "", now)
    assert signed is not None
    right, wrong = at_intake(database_url, (source, signed), (source, Delivery({}, body)))
    assert (right.status, right.body) == (200, b"abc")
    assert wrong.status == 401
    assert count("event") == 0


def test_e_conomic_may_call_with_numbers_alone(
    database_url: str, make_source: MakeSource, workspace_id: WorkspaceId, bodies: Callable[[], list[bytes]]
) -> None:
    source = provided(make_source, workspace_id, "e-conomic")
    called = Delivery({}, b"", "GET", query=f"old=1&new=2&token={source.secret}")
    asked = Delivery({}, b"", "HEAD")
    stored, alive = at_intake(database_url, (source, called), (source, asked))
    assert (stored.status, alive.status) == (200, 200)
    assert bodies() == [b"old=1&new=2"]


def test_tokens_are_not_stored_with_the_event(
    database_url: str, database: Database, make_source: MakeSource, workspace_id: WorkspaceId
) -> None:
    source = provided(make_source, workspace_id, "generic-token")
    in_header = delivered(source, "1")
    in_query = Delivery({"content-type": "application/json"}, b'{"a":1}', query=f"x=1&token={source.secret}")
    assert [one.status for one in at_intake(database_url, (source, in_header), (source, in_query))] == [
        202,
        202,
    ]
    with database.transaction() as connection:
        kept = str(connection.execute("select headers, envelope from posthus.event").fetchall())
    assert (source.secret or "?") not in kept
    assert "x=1" in kept


@pytest.mark.parametrize("name", [*sorted(PRESETS), "smtp"])
def test_a_trial_is_signed_as_the_provider_would_and_received_every_time(
    database: Database,
    make_source: MakeSource,
    workspace_id: WorkspaceId,
    name: str,
    count: Callable[[str], int],
) -> None:
    if name == "smtp":
        source = make_source(NewSource(workspace_id, "smtp", name, address="try@example.com"))
    else:
        source = make_source(NewSource(workspace_id, "webhook", name, provider=name))
    with database.transaction() as connection:
        from posthus.intake.sources import known_source

        stored = known_source(connection, workspace_id, source.id)
        trial = Trial("Ida", KEYRING, PUBLIC)
        (first,) = receive(connection, [trial_event(stored, trial)])
        (second,) = receive(connection, [trial_event(stored, trial)])
    assert not first.duplicate
    assert not second.duplicate
    assert count("event") == count("log") == 2


def test_what_came_is_counted_by_hour(
    database_url: str, database: Database, make_source: MakeSource, workspace_id: WorkspaceId
) -> None:
    source = provided(make_source, workspace_id, "generic")
    at_intake(database_url, *((source, delivered(source, str(number))) for number in range(3)))
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    with database.transaction() as connection:
        found = received_by(
            connection, (workspace_id, source.id), now - timedelta(hours=2), timedelta(hours=1)
        )
    assert [one.received for one in found][:3] == [0, 0, 3]


def test_an_unknown_policy_is_refused(
    database: Database, make_source: MakeSource, workspace_id: WorkspaceId
) -> None:
    source = provided(make_source, workspace_id, "generic")
    wrong = SourceChange(settings=cast("Settings", {"unverified": "perhaps"}))
    with database.transaction() as connection, pytest.raises(SourceError, match="refuse, retry, quarantine"):
        change_source(connection, workspace_id, source.id, wrong)


def test_many_rejections_are_one_row_and_survive_a_stop(
    database_url: str, database: Database, make_source: MakeSource, workspace_id: WorkspaceId
) -> None:
    source = provided(make_source, workspace_id, "generic")

    async def work(intake: WebhookIntake) -> list[Answer]:
        return list(await asyncio.gather(*(send(intake, source, Delivery({}, b"{}")) for _ in range(50))))

    assert {one.status for one in serve(database_url, work)} == {401}
    with database.transaction() as connection:
        found = rejections(connection, workspace_id, source.id, datetime.now(UTC) - timedelta(hours=2))
    assert sum(one.count for one in found) == 50
    assert {one.reason for one in found} == {"missing"}
