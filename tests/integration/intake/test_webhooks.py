"""The webhook intake: who gets 202, and that a 202 is always a row."""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posthus.database.pool import Database
from posthus.intake.answers import Answer, Head
from posthus.intake.connection import OwnConnection
from posthus.intake.deliveries import Surroundings
from posthus.intake.group_commit import Bounds, EventRefusedError, GroupCommit, IntakeFullError
from posthus.intake.http import WebhookIntake
from posthus.intake.inbox import NewEvent
from posthus.intake.rotation import rotate_secret
from posthus.intake.servers import IntakeApp
from posthus.intake.sources import (
    NewSource,
    Settings,
    Source,
    SourceChange,
    SourceError,
    add_source,
    arrivals,
    change_source,
    source_by_id,
    source_by_name,
    sources,
)
from posthus.jobs import WorkspaceId
from tests.keys import KEYRING

AROUND = Surroundings(KEYRING, "https://crm.example.dk")
Result = TypeVar("Result")
MakeSource = Callable[[NewSource], Source]


def serve(
    url: str, work: Callable[[WebhookIntake], Awaitable[Result]], bounds: Bounds | None = None
) -> Result:
    """Run `work` against a started intake."""

    async def main() -> Result:
        app = IntakeApp(url, bounds, AROUND)
        intake = await app.start()
        try:
            return await work(intake)
        finally:
            await app.stop()

    return asyncio.run(main())


async def ask(
    intake: WebhookIntake,
    path: str,
    body: bytes = b"",
    headers: dict[str, str] | None = None,
    method: str = "POST",
) -> Answer:
    """One request; the body is told as the server would."""

    async def read(limit: int) -> bytes | None:
        return body if len(body) <= limit else None

    return await intake.answer(Head(method, path, "", headers or {}, len(body), "127.0.0.1"), read)


def signature(source: Source, body: bytes) -> dict[str, str]:
    assert source.secret is not None
    return {"x-signature": "sha256=" + hmac.new(source.secret.encode(), body, "sha256").hexdigest()}


@pytest.fixture
def generic(make_source: MakeSource, workspace_id: WorkspaceId) -> Source:
    return make_source(NewSource(workspace_id, "webhook", "Shop"))


def test_a_signed_delivery_is_stored_once(
    database_url: str, generic: Source, bodies: Callable[[], list[bytes]], count: Callable[[str], int]
) -> None:
    small, large = b'{"a":1}', json.dumps({"text": "Hej " * 500}).encode()

    async def work(intake: WebhookIntake) -> list[Answer]:
        path = f"/in/{generic.token}"
        return [await ask(intake, path, body, signature(generic, body)) for body in (small, large, small)]

    first, second, again = serve(database_url, work)
    assert (first.status, second.status, again.status) == (202, 202, 202)
    assert json.loads(first.body)["id"] == json.loads(again.body)["id"] != json.loads(second.body)["id"]
    assert UUID(json.loads(first.body)["id"]).version == 7
    assert bodies() == [small, large]
    assert count("log") == 2


def test_what_is_refused_and_how(database_url: str, generic: Source, count: Callable[[str], int]) -> None:
    body = b"{}"
    good = signature(generic, body)

    async def work(intake: WebhookIntake) -> list[int]:
        path = f"/in/{generic.token}"
        answers = [
            await ask(intake, path, body),
            await ask(intake, path, body, {"x-signature": "sha256=" + "0" * 64}),
            await ask(intake, path, b"", good),
            await ask(intake, path, b"x" * 10_000_001, good),
            await ask(intake, path, body, good, "GET"),
            await ask(intake, path, body, good, "PUT"),
            await ask(intake, "/in/" + "x" * 32, body, good),
            await ask(intake, "/somewhere", body, good),
            await ask(intake, "/healthz", method="GET"),
            await ask(intake, "/readyz", method="GET"),
        ]
        assert all(each.body.startswith(b"{") for each in answers)
        return [each.status for each in answers]

    assert serve(database_url, work) == [401, 401, 400, 413, 405, 405, 404, 404, 200, 200]
    assert count("event") == 0


def test_credentials_are_not_kept_but_signatures_are(
    database_url: str, database: Database, generic: Source
) -> None:
    secretive = {"authorization": "Bearer x", "cookie": "a=b", "content-type": "application/json"}

    async def work(intake: WebhookIntake) -> Answer:
        return await ask(intake, f"/in/{generic.token}", b"{}", secretive | signature(generic, b"{}"))

    serve(database_url, work)
    with database.transaction() as connection:
        (headers,) = connection.execute("select headers from posthus.event").fetchone() or ({},)
    assert set(headers) == {"content-type", "x-signature"}


def test_wotnot_gets_its_token_back(
    database_url: str, make_source: MakeSource, workspace_id: WorkspaceId, count: Callable[[str], int]
) -> None:
    open_source = make_source(NewSource(workspace_id, "webhook", "Chat", provider="wotnot"))
    strict = make_source(NewSource(workspace_id, "webhook", "Strict", provider="wotnot", secret="tok"))
    assert open_source.secret is None
    body = b'{"token":"tok","events":[]}'

    async def work(intake: WebhookIntake) -> list[Answer]:
        return [
            await ask(intake, f"/in/{open_source.token}", b'{"events":[]}'),
            await ask(intake, f"/in/{open_source.token}", body),
            await ask(intake, f"/in/{open_source.token}", method="GET"),
            await ask(intake, f"/in/{strict.token}", body),
            await ask(intake, f"/in/{strict.token}", b'{"token":"wrong"}'),
        ]

    answers = serve(database_url, work)
    assert [each.status for each in answers] == [200, 200, 200, 200, 401]
    told = [json.loads(each.body).get("token") for each in answers[:4]]
    assert told == [open_source.token, "tok", open_source.token, "tok"]
    assert count("event") == 3


def test_a_source_may_take_less_and_need_no_signature(
    database_url: str, make_source: MakeSource, workspace_id: WorkspaceId
) -> None:
    new = NewSource(workspace_id, "webhook", "Form", signed=False, settings=Settings(max_bytes=10))
    source = make_source(new)

    async def work(intake: WebhookIntake) -> list[int]:
        return [(await ask(intake, f"/in/{source.token}", b"x" * size)).status for size in (10, 11)]

    assert serve(database_url, work) == [202, 413]


def test_sources_are_made_listed_changed_and_rotated(database: Database, workspace_id: WorkspaceId) -> None:
    with database.transaction() as connection:
        github = NewSource(workspace_id, "webhook", "GitHub", provider="github")
        made = add_source(connection, github, KEYRING)
        standard = add_source(
            connection, NewSource(workspace_id, "webhook", "S", provider="standard-webhooks"), KEYRING
        )
        mail = add_source(connection, NewSource(workspace_id, "smtp", "Post", address="Post@Example.com"))
        assert len(made.token or "") >= 32
        assert len(made.secret or "") == 64
        assert (standard.secret or "").startswith("whsec_")
        assert (mail.address, mail.secret, mail.token) == ("post@example.com", None, None)
        again = rotate_secret(connection, (workspace_id, made.id), KEYRING)
        assert again.secret != made.secret
        assert again.token == made.token
        changed = change_source(
            connection,
            workspace_id,
            made.id,
            SourceChange(name="Git", settings=Settings(mapping={"text": "body"})),
        )
        assert (changed.name, changed.settings, changed.enabled) == (
            "Git",
            {"mapping": {"text": "body"}},
            True,
        )
        assert [each.name for each in sources(connection, workspace_id)] == ["Git", "Post", "S"]
        assert source_by_name(connection, workspace_id, "Git") == source_by_name(
            connection, workspace_id, str(made.id)
        )
        assert source_by_id(connection, WorkspaceId(workspace_id + 1), made.id) is None
        assert [each.received for each in arrivals(connection, workspace_id)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("new", "says"),
    [
        (NewSource(WorkspaceId(1), "webhook", "Shop", provider="ses", secret="topic"), "topic's ARN"),
        (
            NewSource(WorkspaceId(1), "webhook", "Shop", provider="acme"),
            "generic, generic-token, basic-auth, standard-webhooks, stripe, github",
        ),
        (NewSource(WorkspaceId(1), "webhook", " "), "needs a name"),
        (NewSource(WorkspaceId(1), "webhook", "Shop", provider="standard-webhooks", secret="x!"), "base64"),
        (NewSource(WorkspaceId(1), "webhook", "Shop", provider="github", signed=False), "signed"),
        (NewSource(WorkspaceId(1), "smtp", "Post"), "needs an address"),
        (NewSource(WorkspaceId(1), "webhook", "Taken"), "already a source called Taken"),
        (NewSource(WorkspaceId(1), "smtp", "Post", address="taken@example.com"), "already receives mail"),
    ],
)
def test_a_source_that_cannot_work_is_refused_with_a_reason(
    database: Database, workspace_id: WorkspaceId, new: NewSource, says: str
) -> None:
    with database.transaction() as connection:
        add_source(connection, NewSource(workspace_id, "webhook", "Taken"), KEYRING)
        add_source(connection, NewSource(workspace_id, "smtp", "Mail", address="taken@example.com"))
        with pytest.raises(SourceError, match=says):
            add_source(connection, new, KEYRING)


def test_a_revoked_source_stops_within_its_second(
    database_url: str, database: Database, generic: Source
) -> None:
    async def work(intake: WebhookIntake) -> list[int]:
        statuses = [(await ask(intake, f"/in/{generic.token}", b"1", signature(generic, b"1"))).status]
        with database.transaction() as connection:
            change_source(connection, generic.workspace_id, generic.id, SourceChange(enabled=False))
        async with asyncio.timeout(10):
            status = 202
            while status == 202:
                status = (await ask(intake, f"/in/{generic.token}", b"1", signature(generic, b"1"))).status
        return [*statuses, status]

    assert serve(database_url, work) == [202, 404]


REQUEST = st.tuples(
    st.sampled_from(["GET", "POST", "PUT", "HEAD", "", "\0"]),
    st.sampled_from(["token", "/", "/in/", "/in/x", "/healthz", "/in/" + "a" * 32]) | st.text(max_size=30),
    st.dictionaries(
        st.sampled_from(["x-signature", "content-type", "idempotency-key", "content-length", "x-æ"])
        | st.text(max_size=8),
        st.sampled_from(["right"]) | st.text(max_size=20),
        max_size=5,
    ),
    st.binary(max_size=200),
)


def test_no_request_raises_and_none_gets_2xx_without_a_row(
    database_url: str, generic: Source, database: Database
) -> None:
    async def one(intake: WebhookIntake, request: tuple[str, str, dict[str, str], bytes]) -> None:
        method, path, headers, body = request
        if headers.get("x-signature") == "right":
            headers["x-signature"] = signature(generic, body)["x-signature"]
        path = f"/in/{generic.token}" if path == "token" else path
        answer = await ask(intake, path, body, headers, method)
        assert 200 <= answer.status < 600
        if answer.status == 202:
            with database.transaction() as connection:
                found = connection.execute(
                    "select body, codec from posthus.event where id = %s", (json.loads(answer.body)["id"],)
                ).fetchone()
            assert found is not None
            assert found[1] == 1 or bytes(found[0]) == body or "idempotency-key" in headers

    with asyncio.Runner() as runner:
        app = IntakeApp(database_url, around=AROUND)
        intake = runner.run(app.start())

        @settings(
            max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
        )
        @given(request=REQUEST)
        def every(request: tuple[str, str, dict[str, str], bytes]) -> None:
            runner.run(one(intake, request))

        every()
        runner.run(app.stop())


def event(source: Source, body: bytes, kind: str = "webhook") -> NewEvent:
    return NewEvent(source.workspace_id, source.id, kind, body)  # type: ignore[arg-type]


def test_a_poisoned_event_fails_alone(
    database_url: str, generic: Source, count: Callable[[str], int]
) -> None:
    async def main() -> list[object]:
        commit = GroupCommit(OwnConnection(database_url, name="test"))
        commit.start()
        events = [
            event(generic, b"%d" % each, "poison" if each in (7, 30) else "webhook") for each in range(60)
        ]
        outcomes = await asyncio.gather(*map(commit.submit, events), return_exceptions=True)
        await commit.close()
        return list(outcomes)

    outcomes = asyncio.run(main())
    refused = [number for number, each in enumerate(outcomes) if isinstance(each, EventRefusedError)]
    assert refused == [7, 30]
    assert count("event") == count("log") == 58


def test_what_does_not_fit_is_sent_away_and_the_rest_stored(
    database_url: str, generic: Source, count: Callable[[str], int]
) -> None:
    async def main() -> list[object]:
        commit = GroupCommit(
            OwnConnection(database_url, name="test"), Bounds(waiting_events=10, flush_events=4)
        )
        commit.start()
        events = [event(generic, b"%d" % each) for each in range(25)]
        outcomes = await asyncio.gather(*map(commit.submit, events), return_exceptions=True)
        await commit.close()
        return list(outcomes)

    outcomes = asyncio.run(main())
    assert sum(isinstance(each, IntakeFullError) for each in outcomes) == 15
    assert count("event") == 10


def test_closing_stores_what_waits(database_url: str, generic: Source, count: Callable[[str], int]) -> None:
    async def main() -> None:
        commit = GroupCommit(OwnConnection(database_url, name="test"), Bounds(flush_events=3))
        commit.start()
        waiting = [asyncio.create_task(commit.submit(event(generic, b"%d" % each))) for each in range(20)]
        await asyncio.sleep(0)
        await commit.close()
        await asyncio.gather(*waiting)

    asyncio.run(main())
    assert count("event") == 20


def test_a_hanging_database_is_not_waited_for(
    database_url: str, generic: Source, count: Callable[[str], int]
) -> None:
    async def main() -> list[Answer]:
        app = IntakeApp(database_url, Bounds(patience=0.3), AROUND)
        intake = await app.start()
        path = f"/in/{generic.token}"
        async with asyncio.timeout(
            20
        ):  # connections are made, the source is known: only the lock is waited for below
            while (await ask(intake, path, b"1", signature(generic, b"1"))).status == 503:
                await asyncio.sleep(0.01)
        with psycopg.connect(database_url) as blocker:
            blocker.execute("lock table posthus.event in access exclusive mode")
            async with asyncio.timeout(20):
                late = await ask(intake, path, b"1", signature(generic, b"1"))
                refused = await ask(intake, path, b"2", signature(generic, b"2"))
        async with asyncio.timeout(20):
            while (answer := await ask(intake, path, b"1", signature(generic, b"1"))).status == 503:
                await asyncio.sleep(0.01)
        await app.stop()
        return [late, refused, answer]

    late, refused, answer = asyncio.run(main())
    assert [late.status, refused.status, answer.status] == [503, 503, 202]
    assert ("retry-after", "5") in late.headers
    assert count("event") == 1


def test_a_source_over_its_rate_is_told_when_to_come_again(
    database_url: str, make_source: MakeSource, workspace_id: WorkspaceId, count: Callable[[str], int]
) -> None:
    limited = Settings(per_minute=3)
    shop = make_source(NewSource(workspace_id, "webhook", "Limited", signed=False, settings=limited))

    async def work(intake: WebhookIntake) -> list[Answer]:
        path = f"/in/{shop.token}"
        return [await ask(intake, path, b"%d" % each) for each in range(5)]

    answers = serve(database_url, work)
    assert [each.status for each in answers] == [202, 202, 202, 429, 429]
    assert ("ratelimit-policy", '"source";q=3;w=60') in answers[0].headers
    assert [name for name, _ in answers[3].headers].count("retry-after") == 1
    assert count("event") == 3
