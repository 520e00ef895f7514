"""Every screen, in both languages, schemes and sizes: it shows what it should, and axe finds nothing wrong."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.running import ROOT, Running

SCREENS = {
    "inbox": ("/inbox", "Serviceaftale på tage, 11 ejendomme"),
    "conversation": ("", "Serviceaftale på tage, 11 ejendomme"),
    "search": ("/search?q=tagpap", "Nyt tagpap på garage"),
    "sources": ("/sources", "post@falkedal.example.dk"),
    "operations": ("/operations", None),
    "company": ("/companies/1", None),
    "contact": ("/contacts/1", None),
}
LOOKS = [
    ("desktop", "light", "da-DK"),
    ("phone", "dark", "en-GB"),
    ("desktop", "dark", "en-GB"),
    ("phone", "light", "da-DK"),
]


def go(page: Page, sample: Running, screen: str) -> None:
    path, text = SCREENS[screen]
    if screen == "conversation":
        page.get_by_text("Serviceaftale på tage, 11 ejendomme").first.click()
        expect(page.get_by_role("heading", name="Serviceaftale på tage").first).to_be_visible()
        return
    if path != "/inbox":
        page.goto(sample.url + path)
    if text is None:
        expect(page.get_by_role("heading").first).to_be_visible()
    else:
        expect(page.get_by_text(text).first).to_be_visible()
    page.wait_for_load_state("load")


@pytest.mark.browser
@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize(("size", "scheme", "locale"), LOOKS)
def test_a_screen_shows_its_content_and_is_accessible(
    open_page: OpenPage, sample: Running, screen: str, size: str, scheme: str, locale: str
) -> None:
    page = open_page(size=size, scheme=scheme, locale=locale)
    go(page, sample, screen)
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    if os.environ.get("POSTHUS_SCREENS"):
        folder: Path = ROOT / "docs" / "screens"
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{screen}-{size}-{scheme}.png")


@pytest.mark.browser
def test_the_page_speaks_the_readers_language_and_switches_at_once(open_page: OpenPage) -> None:
    page = open_page(locale="da-DK")
    expect(page.get_by_role("heading", name="Indbakke")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
