"""What a host does on the operations page: reads how it goes, decides about what failed, replays history."""

import os
import re

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from posthus.app.connect import DATABASE
from posthus.database.embedded import EmbeddedPostgres
from tests.browser.conftest import OpenPage
from tests.running import ROOT, Running, wait_for

BURY = """
insert into posthus.buried (stage, topic, part, workspace_id, source_id, subject, attempts, error, history)
select 'file', 'received', 3, e.workspace_id, e.source_id, e.id, 2, %(error)s,
  posthus.with_attempt(posthus.with_attempt('[]', 1, 'the ink ran out'), 2, %(error)s)
from posthus.event as e where e.kind = 'mail' order by e.id limit %(count)s
"""


def bury(sample: Running, error: str, count: int) -> None:
    """As if the first mails had failed: what is replayed is real and succeeds."""
    url = EmbeddedPostgres(sample.data / "postgres").url(DATABASE)
    with psycopg.connect(url) as connection:
        connection.execute("delete from posthus.buried")
        connection.execute(BURY, {"error": error, "count": count})


def waiting(sample: Running) -> int:
    """How many are buried or tried again."""
    stages = sample.lines("status", "--json")[0]["stages"]
    assert isinstance(stages, list)
    return sum(stage["buried"] + stage["retrying"] for stage in stages)


def accessible(page: Page) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("size", "scheme", "locale"), [("desktop", "light", "en-GB"), ("phone", "dark", "da-DK")]
)
def test_what_failed_is_found_looked_at_and_replayed_by_filter(
    sample: Running, open_page: OpenPage, size: str, scheme: str, locale: str
) -> None:
    bury(sample, "ValueError: no such table", 3)
    page = open_page("/operations", size=size, scheme=scheme, locale=locale)
    danish = locale == "da-DK"
    items = page.locator("[data-buried]")
    expect(items).to_have_count(3)
    page.get_by_label("Fejlen indeholder" if danish else "Error contains").fill("other")
    expect(items).to_have_count(0)
    page.get_by_label("Fejlen indeholder" if danish else "Error contains").fill("NO SUCH")
    expect(items).to_have_count(3)
    expect(page).to_have_url(re.compile("error=NO"))
    accessible(page)
    page.get_by_role("button", name="Se på" if danish else "Look").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("2 forsøg" if danish else "2 attempts").click()
    expect(dialog.get_by_text("the ink ran out")).to_be_visible()
    accessible(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Afspil alle viste igen" if danish else "Replay all shown").click()
    expect(dialog.get_by_text("3 poster passer" if danish else "3 items match")).to_be_visible()
    dialog.get_by_role("button", name="Afspil igen" if danish else "Replay", exact=True).click()
    expect(items).to_have_count(0)
    wait_for(lambda: waiting(sample) == 0)


@pytest.mark.browser
def test_history_is_replayed_and_its_progress_shown(sample: Running, open_page: OpenPage) -> None:
    page = open_page("/operations")
    page.get_by_role("button", name="Replay history").click()
    replay = page.locator("[data-replay]").first
    expect(replay).to_be_visible()
    expect(replay.locator(".badge.good")).to_be_visible(timeout=60_000)
    expect(replay.get_by_text(re.compile(r"^(\d+) of \1$"))).to_be_visible()


@pytest.mark.browser
def test_it_says_in_a_sentence_and_in_figures_how_it_goes(sample: Running, open_page: OpenPage) -> None:
    page = open_page("/operations")
    sentence = page.locator(".sentence")
    expect(sentence).to_have_text(re.compile(r"\w+.*\."))
    english = sentence.inner_text()
    page.get_by_role("button", name="Dansk").click()
    expect(sentence).not_to_have_text(english)
    expect(sentence).to_have_text(re.compile(r"\w+.*\."))
    page.get_by_role("button", name="English").click()
    table = page.get_by_role("group", name="From received to findable")
    expect(table.get_by_text("Visible, found by words")).to_be_visible()
    expect(page.get_by_text("Reads answered from memory")).to_be_visible()


VECTORS = """
with old as (select id, name from posthus.embedding_model where state = 'serving'),
index as (
  insert into posthus.vector_index (workspace_id, model_id, state, vectors, present, bytes, seconds, error)
  select (select min(id) from posthus.workspace), id, %(state)s, 60000, 60000, 1000, 12, %(error)s from old
  on conflict (workspace_id, model_id) do update set state = excluded.state, error = excluded.error)
insert into posthus.embedding_use (day, model, requests, texts, tokens, refused)
values (current_date, 'text-embedding-x', 12, 700, 51000, 0)
on conflict do nothing
"""
CHANGE = "insert into posthus.embedding_model (name, dimensions, state, listed) values ('next-model', 64, 'next', true)"
UNDO = """
delete from posthus.vector_index;
delete from posthus.embedding_use;
delete from posthus.embedding_model where name = 'next-model'
"""


@pytest.mark.browser
@pytest.mark.parametrize(
    ("size", "scheme", "locale"), [("desktop", "light", "en-GB"), ("phone", "dark", "da-DK")]
)
def test_indexes_a_change_of_model_and_what_memory_saves_are_shown(
    sample: Running, open_page: OpenPage, size: str, scheme: str, locale: str
) -> None:
    danish = locale == "da-DK"
    url = EmbeddedPostgres(sample.data / "postgres").url(DATABASE)
    with psycopg.connect(url, autocommit=True) as connection:
        wait_for(lambda: bool(connection.execute("select from posthus.embedding_model").fetchall()))
        try:
            connection.execute(VECTORS, {"state": "failed", "error": "no room left"})
            connection.execute(CHANGE)
            page = open_page("/operations", size=size, scheme=scheme, locale=locale)
            indexes = page.get_by_role("group", name="Vektorindekser" if danish else "Indexes of vectors")
            expect(indexes.get_by_text("no room left")).to_be_visible()
            expect(
                page.get_by_text("next-model gøres klar" if danish else "next-model is made")
            ).to_be_visible()
            expect(page.locator("[data-change]").get_by_role("progressbar")).to_be_visible()
            use = page.get_by_role(
                "group", name=re.compile("Hvad modeller" if danish else "What models were asked")
            )
            expect(use.get_by_text(re.compile(r"51[.,]000"))).to_be_visible()
            accessible(page)
            if os.environ.get("POSTHUS_SCREENS"):
                card = page.locator("section.card", has=page.locator("[data-change]"))
                card.screenshot(path=ROOT / "docs" / "screens" / f"operations-search-{size}-{scheme}.png")
            connection.execute(VECTORS, {"state": "building", "error": None})
            expect(indexes.get_by_text("bygges, 0" if danish else "being built, 0%")).to_be_visible()
            accessible(page)
        finally:
            connection.execute(UNDO)
    page.goto(f"{sample.url}/search?q=tagpap")
    expect(page.locator("[data-cache]")).to_be_visible()
    page.goto(f"{sample.url}/operations")
    expect(page.locator("[data-memory=memory]")).to_contain_text("søgning" if danish else "search")
    expect(page.get_by_text("alle sammenlignes" if danish else "all compared")).to_be_visible()
    accessible(page)
