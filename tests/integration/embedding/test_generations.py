"""Another model is made ready beside the one that serves, newest first, and takes over at once."""

from collections.abc import Sequence
from threading import Event
from uuid import UUID

import pytest

from posthus.app.tending import ModelChange
from posthus.database.pool import Database
from posthus.embedding.encoder import Encoder
from posthus.embedding.generations import (
    Asked,
    Generation,
    clear_former,
    generations,
    progress,
    serving,
    settle,
    take_over,
)
from posthus.embedding.remote import Endpoint, RemoteEncoder
from posthus.embedding.side_by_side import SideBySide
from posthus.jobs import EmbedMessage, MessageId
from tests.integration.embedding.conftest import Embedder
from tests.integration.search.conftest import Desk

pytest_plugins = ["tests.integration.search.conftest"]


def states(database: Database) -> dict[str, str]:
    with database.transaction() as connection:
        return {one.name: one.state for one in generations(connection)}


def ask(database: Database, encoder: Encoder) -> str:
    with database.transaction() as connection:
        return settle(connection, Asked(encoder.model, encoder.dimensions))


def embed(desk: Desk, steps: SideBySide, messages: Sequence[UUID]) -> None:
    house, source = desk.office.house.id, desk.office.source_id
    jobs = [EmbedMessage(house, source, MessageId(one)) for one in messages]
    with desk.database.transaction() as connection:
        prepared = steps.prepare(connection, jobs)
    embedded = steps.compute(prepared)
    with desk.database.transaction() as connection:
        steps.apply(connection, jobs, embedded)


def queued(database: Database) -> list[UUID]:
    """What is to be done again, in the order in which it is."""
    with database.transaction() as connection:
        found = connection.execute("select subject from posthus.log where topic = 'again embed' order by id")
        return [subject for (subject,) in found]


def found_with(desk: Desk, encoder: Encoder, text: str) -> list[str]:
    before, desk.encoder = desk.encoder, encoder  # type: ignore[assignment]
    try:
        return sorted(desk.found(text, "meaning"))
    finally:
        desk.encoder = before


def test_the_former_model_serves_until_the_next_has_passed_every_message(
    desk: Desk, database: Database, embedder: Embedder
) -> None:
    plain, embedder.dimensions = desk.encoder, 64
    after = RemoteEncoder(Endpoint(embedder.address, "after", dimensions=64))
    first = SideBySide(Asked(plain.model, 384), plain, lambda _: None)
    old = [desk.put(f"Sag {number}", "Det drypper ned i stuen", embed=False) for number in range(3)]
    embed(desk, first, old)
    assert states(database) == {plain.model: "serving"}

    assert ask(database, after) == "next"
    both = SideBySide(Asked(after.model, 64), after, lambda one: plain if one.name == plain.model else None)
    new = desk.put("Sag 3", "Det drypper i køkkenet", embed=False)
    embed(desk, both, [new])
    assert found_with(desk, plain, "det drypper") == ["Sag 0", "Sag 1", "Sag 2", "Sag 3"], "new mail too"
    assert found_with(desk, after, "det drypper") == ["Sag 3"]

    change = ModelChange(database)
    change.run_once(Event())
    assert queued(database) == sorted([*old, new], reverse=True), "the newest first"
    assert states(database) == {plain.model: "serving", after.model: "next"}, "three are not done"
    with database.transaction() as connection:
        told = progress(connection, desk.office.house.id)
    assert told is not None
    assert (told.model, told.serving, told.messages, told.renewed) == (after.model, plain.model, 4, 1)

    embed(desk, both, old[1:])
    change.run_once(Event())
    assert states(database)[plain.model] == "serving"
    embed(desk, both, old[:1])
    change.run_once(Event())
    assert states(database) == {after.model: "serving"}
    assert found_with(desk, after, "det drypper") == ["Sag 0", "Sag 1", "Sag 2", "Sag 3"]
    assert found_with(desk, plain, "det drypper") != [], "whoever still asks the former model finds all of it"
    with database.transaction() as connection:
        assert progress(connection) is None
    after.close()


def test_what_the_former_model_has_left_is_cleared_away_once_nobody_asks_it_any_more(
    desk: Desk, database: Database, embedder: Embedder
) -> None:
    after = RemoteEncoder(Endpoint(embedder.address, "after"))
    message = desk.put("Sag", "Det drypper")
    assert ask(database, after) == "next"
    embed(desk, SideBySide(Asked(after.model, 384), after, lambda _: desk.encoder), [message])
    change = ModelChange(database)
    change.run_once(Event())
    assert states(database) == {after.model: "serving"}
    assert count(database, "chunk") == 2
    with database.transaction() as connection:
        connection.execute("update posthus.embedding_model set state_at = now() - interval '11 minutes'")
    change.run_once(Event())
    assert count(database, "chunk") == count(database, "chunk_vector") == 1
    with database.transaction() as connection:
        assert clear_former(connection) == 0
    after.close()


def count(database: Database, table: str) -> int:
    with database.transaction() as connection:
        found = connection.execute(f"select count(*) from posthus.{table}").fetchone()
    assert found is not None
    return int(found[0])


def test_a_large_workspace_has_its_index_before_the_next_model_takes_over(
    desk: Desk, database: Database, embedder: Embedder
) -> None:
    after = RemoteEncoder(Endpoint(embedder.address, "after"))
    message = desk.put("Sag", "Det drypper")
    assert ask(database, after) == "next"
    embed(desk, SideBySide(Asked(after.model, 384), after, lambda _: desk.encoder), [message])
    ModelChange(database, at_least=1).run_once(Event())
    assert states(database)[after.model] == "next", "one vector is large here, and has no index"
    with database.transaction() as connection:
        assert take_over(connection)
    after.close()


def test_asking_for_the_model_that_serves_gives_up_the_next(
    desk: Desk, database: Database, embedder: Embedder
) -> None:
    plain = desk.encoder
    after = RemoteEncoder(Endpoint(embedder.address, "after"))
    desk.put("Sag", "Det drypper")
    assert ask(database, after) == "next"
    assert ask(database, after) == "next", "asking twice changes nothing"
    assert ask(database, plain) == "serving"
    assert states(database) == {plain.model: "serving"}
    after.close()


@pytest.mark.parametrize(
    ("available", "name"),
    [(["old", "new"], "old"), (["new"], "new"), (["other"], None), ([], None)],
)
def test_questions_go_to_the_model_that_serves_or_to_the_next_where_it_cannot_be_made(
    available: list[str], name: str | None
) -> None:
    known = [
        Generation(1, "old", 384, "serving", None, None),
        Generation(2, "new", 8, "next", "http://127.0.0.1:9", "new"),
    ]
    assert serving(known, available) == name
    assert serving([], ["any"]) == "any", "nothing has been embedded yet"
