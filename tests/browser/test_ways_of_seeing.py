"""For every eye and hand: small and magnified screens, colours of one's own, little motion, thumbs."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.browser.conftest import FIRST, FRAMES, OpenPage
from tests.browser.screens import SCREENS, show
from tests.running import Running

# What reaches beyond the window and cannot be scrolled to within a part of its own (a table, a board).
BEYOND = """() => {
  const width = document.documentElement.clientWidth, found = [];
  const scrolls = node => {
    for (let part = node.parentElement; part; part = part.parentElement)
      if (/auto|scroll/.test(getComputedStyle(part).overflowX) && part.scrollWidth > part.clientWidth) return true;
    return false;
  };
  for (const node of document.querySelectorAll("body *:not(svg *)")) {
    const box = node.getBoundingClientRect();
    if (!box.width || !box.height || node.closest(".visually-hidden, .skip")) continue;
    if (getComputedStyle(node).visibility === "hidden" || scrolls(node)) continue;
    if (box.right > width + 1 || box.left < -1) found.push(node.outerHTML.slice(0, 120));
  }
  if (document.scrollingElement.scrollWidth > width) found.push("the page is wider than the window");
  return found;
}"""
SMALL_TARGETS = {"runOnly": {"type": "rule", "values": ["target-size"]}}
# Names of what moves, and for how long, ms.
MOTIONS = """() => document.getAnimations().map(one => [one.animationName ?? one.transitionProperty,
  one.effect.getComputedTiming().duration])"""
LINES = """node => { const style = getComputedStyle(node);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 }"""
STANDS_OUT = (
    """node => getComputedStyle(node).backgroundColor !== getComputedStyle(document.body).backgroundColor"""
)


@contextmanager
def window(browser: Browser, state: StorageState, **options: object) -> Iterator[Page]:
    """A window with other settings than the usual one."""
    context = browser.new_context(storage_state=state, timezone_id="Europe/Copenhagen", **options)  # type: ignore[arg-type]
    try:
        yield context.new_page()
    finally:
        context.close()


@pytest.mark.browser
@pytest.mark.parametrize("screen", SCREENS)
def test_at_four_times_the_size_nothing_is_cut_off_and_thumbs_find_room(
    sample: Running, browser: Browser, signed_in: StorageState, screen: str
) -> None:
    """WCAG 1.4.10: 320 px wide is 1280 px at 400 %; WCAG 2.5.8: 24 px for every target, or as much room around it."""
    small = {"width": 320, "height": 640}
    with window(browser, signed_in, viewport=small, locale="da-DK", reduced_motion="reduce") as page:
        page.goto(sample.url + SCREENS[screen].path)
        show(page, screen)
        assert page.evaluate(BEYOND) == []
        found = Axe().run(page, options=SMALL_TARGETS)
        assert found.violations_count == 0, found.generate_report()


@pytest.mark.browser
def test_with_colours_of_ones_own_what_is_chosen_and_unread_still_shows(
    sample: Running, browser: Browser, signed_in: StorageState
) -> None:
    with window(browser, signed_in, forced_colors="active", locale="en-GB") as page:
        page.goto(f"{sample.url}/inbox")
        expect(page.get_by_text(FIRST).first).to_be_visible()
        assert page.locator(".place[aria-current=page]").first.evaluate(LINES)
        assert page.locator(".tab[aria-current=page]").evaluate(LINES)
        assert page.locator(".dot").first.evaluate(STANDS_OUT)
        page.keyboard.press("x")
        assert page.locator("[data-ticked=true]").evaluate(LINES)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


@pytest.mark.browser
def test_what_moves_moves_briefly_and_for_nobody_who_does_not_want_it(
    sample: Running, browser: Browser, signed_in: StorageState, open_page: OpenPage
) -> None:
    with window(browser, signed_in, locale="en-GB") as page:
        moved = _motions_of_a_dialog(page, sample)
        assert moved, "a dialog comes with a short motion"
        assert max(duration for _, duration in moved) <= 150
    assert _motions_of_a_dialog(open_page(), sample) == []  # a window that asks for little motion


def _motions_of_a_dialog(page: Page, sample: Running) -> list[tuple[str, float]]:
    page.goto(f"{sample.url}/inbox")
    expect(page.get_by_text(FIRST).first).to_be_visible()
    page.evaluate(
        "() => { window.moved = []; for (const kind of ['animationstart', 'transitionrun'])"
        f" addEventListener(kind, () => moved.push(...({MOTIONS})()), true) }}"
    )
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.evaluate(FRAMES)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    return [tuple(one) for one in json.loads(page.evaluate("() => JSON.stringify(moved)"))]
