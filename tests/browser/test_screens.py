"""Every screen and state, in both languages, schemes and sizes: it is there, and axe finds nothing wrong."""

import io
import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import FRAMES, OpenPage
from tests.browser.languages import DANISH, ENGLISH, untranslated
from tests.browser.screens import SCREENS, show
from tests.running import ROOT, Running

LOOKS = [
    ("desktop", "light", "da-DK"),
    ("phone", "dark", "en-GB"),
    ("desktop", "dark", "en-GB"),
    ("phone", "light", "da-DK"),
]
# These are looked at in every way; the others once in each size, scheme and language.
WHOLE = {
    "inbox",
    "conversation",
    "board",
    "search",
    "contact",
    "company",
    "sources",
    "operations",
    "settings",
}
SEEN = [(screen, *look) for screen in SCREENS for look in LOOKS if screen in WHOLE or look in LOOKS[:2]]


@pytest.mark.browser
@pytest.mark.parametrize(("screen", "size", "scheme", "locale"), SEEN)
def test_a_screen_shows_its_content_and_is_accessible(
    open_page: OpenPage, screen: str, size: str, scheme: str, locale: str
) -> None:
    page = open_page(SCREENS[screen].path, size=size, scheme=scheme, locale=locale)
    show(page, screen)
    if os.environ.get("POSTHUS_SCREENS"):
        keep(page, f"{screen}-{size}-{scheme}")
    accessible(page)
    if locale == "da-DK":
        assert untranslated(page) == set()


def accessible(page: Page) -> None:
    """WCAG 2.2 A and AA and the best practices, as axe checks them."""
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def keep(page: Page, name: str) -> None:
    """A picture for docs/screens/, in 128 colours: a third of its size, and good enough to look at."""
    folder: Path = ROOT / "docs" / "screens"
    folder.mkdir(parents=True, exist_ok=True)
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        small = picture.convert("RGB").quantize(128, dither=Image.Dither.NONE)
        small.save(folder / f"{name}.png", optimize=True)


@pytest.mark.browser
@pytest.mark.parametrize("locale", ["en-GB", "da-DK"])
def test_the_front_door_is_accessible(sample: Running, browser: Browser, locale: str) -> None:
    context = browser.new_context(locale=locale)
    page = context.new_page()
    page.goto(f"{sample.url}/login")
    expect(page.locator("input[type=email]")).to_be_visible()
    accessible(page)
    page.goto(f"{sample.url}/join/{'x' * 43}")
    expect(page.locator(".state")).to_be_visible()
    accessible(page)
    context.close()


@pytest.mark.browser
def test_a_refused_list_says_so_and_can_be_tried_again(open_page: OpenPage) -> None:
    page = open_page("/settings")
    problem = '{"title":"Service unavailable","status":503,"detail":"The database cannot be reached."}'
    refuse = "**/api/v1/audit?**"
    page.route(
        refuse,
        lambda route: route.fulfill(status=503, body=problem, content_type="application/problem+json"),
    )
    page.get_by_role("link", name="Audit log").click()
    expect(page.get_by_role("alert")).to_contain_text("The database cannot be reached.", timeout=15_000)
    accessible(page)
    page.unroute(refuse)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.browser
def test_the_page_speaks_the_readers_language_and_switches_at_once(open_page: OpenPage) -> None:
    page = open_page(locale="da-DK")
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url.rpartition("/")[2]))
    expect(page.get_by_role("heading", name="Indbakke")).to_be_visible()
    page.get_by_role("link", name="Indstillinger").click()
    expect(page.get_by_role("heading", name="Adgangskode")).to_be_visible()
    assert not any(name.startswith("en-") for name in fetched)

    page.get_by_role("button", name="English").first.click()
    expect(page.get_by_role("heading", name="Password")).to_be_visible()
    assert len([name for name in fetched if name.startswith("en-settings-")]) == 1
    assert not any(name.startswith("en-search-") for name in fetched)
    page.get_by_role("link", name="Inbox").first.click()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()


@pytest.mark.browser
def test_a_screen_is_not_shown_before_its_texts(open_page: OpenPage) -> None:
    page = open_page(locale="da-DK")
    expect(page.get_by_role("heading", name="Indbakke")).to_be_visible()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/assets/*-board-*.js", hold)
    with page.expect_response("**/assets/BoardScreen-*.js"), page.expect_request("**/assets/da-board-*.js"):
        page.get_by_role("link", name="Tavle").click()
    page.evaluate(FRAMES)
    assert untranslated(page) == set()
    with page.expect_request("**/assets/en-board-*.js"):
        page.get_by_role("button", name="English").click()  # while the Danish texts are on their way
    for route in held:
        route.continue_()
    expect(page.get_by_role("heading", name="Board")).to_be_visible()
    assert untranslated(page) & set(ENGLISH) == set()


@pytest.mark.browser
def test_both_languages_name_the_same_texts() -> None:
    assert len(ENGLISH) > 300
    assert ENGLISH.keys() == DANISH.keys()
