"""Searching as a person does it: filters in the text, chips, reasons, keys, both languages, and a phone's width."""

import os
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.running import ROOT, Running

HIT = "Nyt tagpap på garage"


def ask(page: Page, text: str) -> None:
    page.get_by_role("searchbox").first.fill(text)


def looked_at(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    if os.environ.get("POSTHUS_SCREENS"):
        page.screenshot(path=ROOT / "docs" / "screens" / f"{name}.png")


@pytest.mark.browser
def test_a_filter_in_the_text_becomes_a_chip_and_the_chip_takes_it_off_again(open_page: OpenPage) -> None:
    page = open_page("/search", locale="da-DK")
    ask(page, "tagpap fra:peter efter:2020")
    chips = page.get_by_role("list", name="Filtre i teksten")
    expect(chips.get_by_role("button")).to_have_count(2)
    expect(chips.get_by_text("Fra: peter")).to_be_visible()
    chips.get_by_role("button", name=re.compile("Fra: peter")).click()
    expect(page.get_by_role("searchbox").first).to_have_value("tagpap efter:2020")
    expect(chips.get_by_role("button")).to_have_count(1)
    expect(page.get_by_text(HIT).first).to_be_visible()
    looked_at(page, "search-chips-desktop-light")


@pytest.mark.browser
def test_a_filter_that_names_nobody_says_so(open_page: OpenPage) -> None:
    page = open_page("/search")
    ask(page, "tagpap company:nowhere")
    chip = page.locator("[data-chip=company]")
    expect(chip.get_by_role("img", name="“nowhere” is not known here")).to_be_visible()
    expect(page.get_by_text("Nothing was found")).to_be_visible()


@pytest.mark.browser
def test_a_slip_of_the_keys_finds_what_was_meant_and_the_reasons_tell_it(
    sample: Running, open_page: OpenPage
) -> None:
    page = open_page("/search?q=tgapap&why=yes", size="phone", scheme="dark")
    expect(page.get_by_text(HIT).first).to_be_visible()
    reasons = page.get_by_role("region", name="Why these?")
    expect(reasons.get_by_text("Not found as typed; taken for:").first).to_be_visible()
    expect(reasons.get_by_text("Understanding the question")).to_be_visible()
    looked_at(page, "search-reasons-phone-dark")
    page.get_by_role("button", name="Why these?").click()
    expect(reasons).to_have_count(0)
    expect(page).not_to_have_url(re.compile("why="))


@pytest.mark.browser
def test_arrow_keys_go_through_the_hits_and_back_and_enter_opens_the_message(open_page: OpenPage) -> None:
    page = open_page("/search?q=tagpap")
    expect(page.get_by_text(HIT).first).to_be_visible()
    hits = page.locator("[data-hit]")
    page.get_by_role("searchbox").first.press("ArrowDown")
    expect(hits.first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("searchbox").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    message = hits.first.get_attribute("data-hit")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/conversations/\d+#m={message}"))


@pytest.mark.browser
def test_before_anything_is_typed_the_screen_teaches_and_an_example_can_be_tried(open_page: OpenPage) -> None:
    page = open_page("/search", size="phone", locale="da-DK")
    looked_at(page, "search-start-phone-light")
    page.get_by_role("button", name="har:fil").click()
    expect(page.locator("[data-chip=has]")).to_be_visible()
    expect(page.locator("[data-hit]").first).to_be_visible()


@pytest.mark.browser
def test_the_same_search_comes_from_memory_the_second_time(open_page: OpenPage) -> None:
    for cached in (re.compile("new|kept|updated"), re.compile("kept|updated")):
        page = open_page("/search?q=tagpap%20garage%20mode")
        expect(page.locator("[data-cache]")).to_have_attribute("data-cache", cached)


@pytest.mark.browser
def test_the_palette_finds_by_meaning_and_names_related_conversations(open_page: OpenPage) -> None:
    page = open_page("/search?q=tagpap")
    page.locator("[data-hit]").first.click()
    expect(page).to_have_url(re.compile(r"/conversations/\d+"))
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("combobox").or_(
        page.get_by_role("dialog").get_by_role("searchbox")
    ).or_(page.get_by_role("dialog").get_by_role("textbox")).first.fill("tagpap")
    expect(page.get_by_role("option", name=re.compile(HIT)).first).to_be_visible()


@pytest.mark.browser
def test_a_search_is_kept_as_a_view_of_the_inbox(open_page: OpenPage) -> None:
    page = open_page("/search?q=tagpap&channel=email", locale="da-DK")
    expect(page.get_by_text(HIT).first).to_be_visible()
    page.get_by_role("button", name="Gem som visning").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("Alt om tagpap")
    dialog.get_by_role("button", name="Gem som visning").click()
    expect(page).to_have_url(re.compile(r"/inbox\?view=.?\d+"))
    expect(page.get_by_text(HIT).first).to_be_visible()
