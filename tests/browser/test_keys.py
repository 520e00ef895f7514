"""The keyboard: keys pressed before a menu has come reach it, and everything can be done without a mouse."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import FIRST, OpenPage, open_conversation


@contextmanager
def held_back(page: Page, files: str) -> Iterator[None]:
    """Code that is asked for within the block comes when the block ends."""
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route(files, hold)
    yield
    for route in waiting:
        route.continue_()
    page.unroute(files)


@pytest.mark.browser
def test_keys_typed_before_a_menu_has_come_are_the_menus(open_page: OpenPage) -> None:
    page = open_page()
    with held_back(page, "**/Menu-*.js"):
        open_conversation(page)
        page.keyboard.press("t")
        page.keyboard.type("hemme")
        page.keyboard.press("Backspace")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    head = page.locator(".conversation-head")
    expect(head.locator(".tag")).to_have_text("hemm")
    expect(page.locator("[data-conversation]").filter(has_text=FIRST)).to_have_attribute(
        "data-closed", "false"
    )


@pytest.mark.browser
def test_escape_calls_off_a_menu_that_has_not_come(open_page: OpenPage) -> None:
    page = open_page()
    with held_back(page, "**/Palette-*.js"):
        expect(page.locator("[data-conversation]").first).to_be_visible()
        page.keyboard.press("Control+k")
        page.keyboard.press("Escape")
        page.keyboard.press("g")
        page.keyboard.press("b")
        expect(page).to_have_url(re.compile("/board"))
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.browser
def test_words_typed_before_the_palette_has_come_are_looked_for(open_page: OpenPage) -> None:
    page = open_page()
    with held_back(page, "**/Palette-*.js"):
        expect(page.locator("[data-conversation]").first).to_be_visible()
        page.keyboard.press("Control+k")
        page.keyboard.type("oper")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("input")).to_have_value("oper")
    expect(dialog.get_by_role("option").first).to_contain_text("Operations")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/operations"))
