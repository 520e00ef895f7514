"""Hits in the order of a model behind an address; as they were found when it does not give a usable one."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posthus.api.application import create_application
from posthus.api.parts import ApiParts
from posthus.search.request import Hit, SearchRequest
from posthus.search.reranking import Reranker, RerankerError, reranked, widened
from posthus.search.search import search
from tests.integration.api.conftest import bearer, visit
from tests.integration.search.conftest import Desk

pytest_plugins = ["tests.integration.api.conftest"]
Json = dict[str, object]


@dataclass
class Endpoint:
    """Answers with what `answer` makes of a request; `asked` are the requests, `keys` what they brought."""

    url: str = ""
    status: int = 200
    answer: Callable[[Json], object] = lambda _: {}
    asked: list[Json] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """A real HTTP server."""
    told = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.asked.append(asked | {"path": self.path})
            told.keys.append(self.headers["Authorization"])
            answer = told.answer(asked)
            body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(told.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quietly."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told.url = f"http://127.0.0.1:{server.server_address[1]}"
        Thread(target=server.serve_forever, daemon=True).start()
        yield told
        server.shutdown()


def shortest_first(asked: Json) -> object:
    documents = asked["documents"]
    assert isinstance(documents, list)
    return {
        "results": [{"index": place, "relevance_score": -len(text)} for place, text in enumerate(documents)]
    }


@pytest.fixture
def reranker(endpoint: Endpoint) -> Iterator[Reranker]:
    reranker = Reranker(f"{endpoint.url}/v1/", "some-model", "a key of no worth")
    yield reranker
    reranker.close()


def request(desk: Desk, limit: int = 20) -> SearchRequest:
    return SearchRequest(desk.office.house.id, "kvist", mode="words", limit=limit)


def found(desk: Desk, reranker: Reranker | None, limit: int = 20) -> tuple[list[str], str]:
    asked = request(desk, limit)
    made = search(desk.database.transaction, widened(reranker, asked), None)
    result = reranked(reranker, asked, made)
    return [hit.subject for hit in result.hits], result.plan


@pytest.fixture
def three(desk: Desk) -> Desk:
    for subject in ("Kvist på villa", "Kvist", "Kvisten drypper igen efter regn"):
        desk.put(subject, subject)
    return desk


def test_hits_are_shown_in_the_order_of_the_model(
    three: Desk, endpoint: Endpoint, reranker: Reranker
) -> None:
    endpoint.answer = shortest_first
    subjects, plan = found(three, reranker)
    assert subjects == ["Kvist", "Kvist på villa", "Kvisten drypper igen efter regn"]
    assert plan.endswith("read again by some-model")
    [asked] = endpoint.asked
    assert (asked["path"], asked["model"], asked["query"], asked["top_n"]) == (
        "/v1/rerank",
        "some-model",
        "kvist",
        3,
    )
    assert endpoint.keys == ["Bearer a key of no worth"]


def test_what_stands_further_down_can_come_first_and_an_order_is_asked_for_once(
    three: Desk, endpoint: Endpoint, reranker: Reranker
) -> None:
    endpoint.answer = shortest_first
    assert found(three, reranker, limit=1)[0] == ["Kvist"]
    assert found(three, reranker, limit=2)[0] == ["Kvist", "Kvist på villa"]
    assert len(endpoint.asked) == 1


@pytest.mark.parametrize("status", [429, 500, 401])
def test_a_model_that_refuses_leaves_hits_as_they_were(
    three: Desk, endpoint: Endpoint, reranker: Reranker, status: int
) -> None:
    endpoint.status = status
    subjects, plan = found(three, reranker)
    assert subjects == found(three, None)[0]
    assert plan.endswith(f"not read again: {endpoint.url}/v1/rerank answers {status}")


def test_a_model_that_is_away_leaves_hits_as_they_were(three: Desk) -> None:
    away = Reranker("http://127.0.0.1:9", "some-model")
    assert found(three, away)[0] == found(three, None)[0]
    away.close()


ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 5) | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["results", "index", "relevance_score", "x"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answer=ODD | st.binary(max_size=20))
def test_whatever_is_answered_is_an_order_or_an_error(
    endpoint: Endpoint, hits: list[Hit], answer: object
) -> None:
    endpoint.answer = lambda _: answer
    reranker = Reranker(endpoint.url, "some-model")
    with suppress(RerankerError):
        assert sorted(reranker.order("kvist", hits)) == list(range(len(hits)))
    reranker.close()


@pytest.fixture
def hits(three: Desk) -> list[Hit]:
    return list(search(three.database.transaction, request(three), None).hits)


def test_the_api_reads_again(three: Desk, parts: ApiParts, endpoint: Endpoint, reranker: Reranker) -> None:
    endpoint.answer = shortest_first
    with visit(create_application(replace(parts, reranker=reranker))) as client:
        key = bearer(three.office.house.keys["search"])
        answer = client.get("/api/v1/search", params={"q": "kvist", "limit": 2}, headers=key).json()
    assert [one["subject"] for one in answer["items"]] == ["Kvist", "Kvist på villa"]
