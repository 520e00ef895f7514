"""A model behind an address: asked in batches, waited for, counted, and never to blame on a message."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import numpy as np
import pytest

from posthus.app.stages import make_stages
from posthus.app.tending import ModelWatch
from posthus.database.pool import Database
from posthus.embedding.encoder import EncoderAwayError, EncoderError, Use
from posthus.embedding.remote import Endpoint, RemoteEncoder
from posthus.embedding.use import used
from posthus.jobs import EmbedMessage, MessageId
from posthus.queue.log import put
from posthus.queue.worker import drain
from tests.integration.embedding.conftest import Embedder
from tests.integration.search.conftest import Desk

pytest_plugins = ["tests.integration.search.conftest"]


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def encoder(embedder: Embedder, pauses: list[float]) -> Iterator[RemoteEncoder]:
    made = RemoteEncoder(Endpoint(f"{embedder.address}/v1/", "some-e5", "a key"), pauses.append)
    yield made
    made.close()


def test_texts_go_in_batches_and_come_back_in_their_order(embedder: Embedder, encoder: RemoteEncoder) -> None:
    texts = [f"sag {number}" for number in range(100)]
    vectors = encoder.passages(texts)
    inputs = [one["input"] for one in embedder.asked]
    assert [len(one) for one in inputs if isinstance(one, list)] == [64, 36]
    assert inputs[1] == [f"passage: sag {number}" for number in range(64, 100)]
    expected = np.array([embedder.vector(f"passage: {text}") for text in texts])
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    assert np.allclose(vectors, expected, atol=1e-5)
    assert embedder.keys == ["Bearer a key"] * 2
    encoder.passages(["x" * 90_000] * 3)
    assert [len(one["input"]) for one in embedder.asked[2:]] == [2, 1]  # type: ignore[arg-type]
    assert encoder.take_use() == Use(requests=4, texts=103, tokens=7 * 103)
    assert encoder.take_use() == Use(), "what was taken is not counted again"


def test_a_busy_endpoint_is_waited_for_as_long_as_it_says(
    embedder: Embedder, encoder: RemoteEncoder, pauses: list[float]
) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    embedder.first = [
        (429, {"Retry-After": "7"}, {}),
        (503, {"Retry-After": soon}, {}),
        (500, {}, {}),
    ]
    assert encoder.queries(["Hvor er taget?"]).shape == (1, 384)
    assert pauses[0] == 7
    assert 10 < pauses[1] <= 20
    assert 0 < pauses[2] <= 30
    assert encoder.take_use() == Use(requests=4, texts=1, tokens=7, refused=3)
    embedder.first = [(429, {"Retry-After": "3600"}, {})]
    with pytest.raises(EncoderAwayError, match="429"):
        encoder.queries(["Hvor er taget?"])
    assert len(pauses) == 3, "an hour is not waited for with a batch in hand"
    embedder.first = [(500, {}, {})] * 5
    with pytest.raises(EncoderAwayError, match="500"):
        encoder.queries(["Hvor er taget?"])


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((401, {}, {"error": "no such key"}), "no such key"),
        ((404, {}, {"error": "no such model"}), "no such model"),
        ((200, {}, {"data": [{"index": 0, "embedding": [0.5] * 8}]}), "POSTHUS_EMBEDDER_DIMENSIONS"),
    ],
)
def test_what_is_set_wrongly_is_said_and_blames_no_text(
    embedder: Embedder, encoder: RemoteEncoder, answer: tuple[int, dict[str, str], object], message: str
) -> None:
    embedder.first = [answer]
    with pytest.raises(EncoderAwayError, match=message):
        encoder.passages(["Tak for mailen"])


@pytest.mark.parametrize(
    "answer",
    [
        (400, {}, {"error": "too long"}),
        (200, {}, {"data": []}),
        (200, {}, ["something else"]),
        (200, {}, {"data": [{"index": 0, "embedding": ["x"]}]}),
        (200, {}, {"data": [{"index": 0, "embedding": [1e999] * 384}]}),
    ],
)
def test_a_text_that_is_refused_or_an_answer_that_is_none_is_the_texts_own_failure(
    embedder: Embedder, encoder: RemoteEncoder, answer: tuple[int, dict[str, str], object]
) -> None:
    embedder.first = [answer]
    with pytest.raises(EncoderError) as raised:
        encoder.passages(["Tak for mailen"])
    assert not isinstance(raised.value, EncoderAwayError)


def test_an_endpoint_that_knows_no_wish_for_a_length_is_asked_without(
    embedder: Embedder, encoder: RemoteEncoder
) -> None:
    embedder.first = [(400, {}, {"error": {"message": "this model does not support `dimensions`"}})]
    encoder.passages(["Tak for mailen"])
    encoder.passages(["Selv tak"])
    assert [one.get("dimensions") for one in embedder.asked] == [384, None, None]


def test_while_the_endpoint_is_away_messages_wait_and_none_is_blamed(
    embedder: Embedder, encoder: RemoteEncoder, desk: Desk, database: Database
) -> None:
    messages = [desk.put(f"Sag {number}", "Tak for mailen", embed=False) for number in range(3)]
    (stage,) = [one for one in make_stages(encoder) if one.name == "embed"]
    with database.transaction() as connection:
        connection.execute("delete from posthus.log")
        jobs = [EmbedMessage(desk.office.house.id, desk.office.source_id, MessageId(one)) for one in messages]
        put(connection, jobs)
    for _ in range(12):
        embedder.first = [(401, {}, {})]
        with pytest.raises(EncoderAwayError):
            drain(database, [stage])
    assert counted(database, "retry") == counted(database, "buried") == 0
    assert desk.found("sag") != [], "words do not wait"
    drain(database, [stage])
    assert counted(database, "message_indexed") == 3


def counted(database: Database, table: str) -> int:
    with database.transaction() as connection:
        found = connection.execute(f"select count(*) from posthus.{table}").fetchone()
    assert found is not None
    return int(found[0])


def test_vectors_of_two_models_and_lengths_stand_side_by_side_and_never_mix(
    embedder: Embedder, desk: Desk, database: Database
) -> None:
    embedder.dimensions = 8
    plain = desk.encoder
    desk.put("Utæt kvist", "Det drypper ned i stuen")
    short = RemoteEncoder(Endpoint(embedder.address, "short", dimensions=8))
    desk.encoder = short  # type: ignore[assignment]
    desk.put("Nyt tag", "Det drypper ned i stuen")
    assert desk.found("det drypper", "meaning") == ["Nyt tag"]
    desk.encoder = plain
    assert desk.found("det drypper", "meaning") == ["Utæt kvist"]
    with database.transaction() as connection:
        lengths = connection.execute(
            "select m.dimensions, extensions.vector_dims(v.v) from posthus.chunk_vector v"
            " join posthus.embedding_model m on m.id = v.model_id order by 1"
        ).fetchall()
    assert lengths == [(8, 8), (384, 384)]
    short.close()


def test_what_a_model_was_asked_for_is_on_record(
    embedder: Embedder, encoder: RemoteEncoder, database: Database
) -> None:
    watch = ModelWatch(database, encoder)
    watch.check()
    encoder.passages(["Tak", "for", "mailen"])
    watch.run_once()
    watch.run_once()
    with database.transaction() as connection:
        (one,) = used(connection)
    assert (one.model, one.requests, one.texts, one.tokens) == (encoder.model, 2, 4, 28)
