"""The store in the browser: the last view opens without the server, and signing out leaves nothing behind."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import FIRST, OpenPage, sign_in
from tests.running import Running, wait_for

KEPT = """() => new Promise(done => { const open = indexedDB.open("posthus"); open.onsuccess = () => {
  if (!open.result.objectStoreNames.contains("kept")) return done([]);
  const all = open.result.transaction("kept").objectStore("kept").getAllKeys();
  all.onsuccess = () => { open.result.close(); done(all.result) } } })"""


def wait_until_kept(page: Page) -> None:
    expect(page.get_by_text(FIRST).first).to_be_visible()
    wait_for(lambda: any("conversation-page" in key for key in page.evaluate(KEPT)))


@pytest.mark.browser
def test_the_last_view_opens_before_the_server_has_answered(open_page: OpenPage) -> None:
    page = open_page()
    wait_until_kept(page)
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/api/v1/**", hold)
    page.reload()
    expect(page.get_by_text(FIRST).first).to_be_visible()
    assert waiting, "the server is asked all the same"
    for route in waiting:
        route.abort()


@pytest.mark.browser
def test_signing_out_forgets_everything(sample: Running, open_page: OpenPage) -> None:
    page = open_page()
    page.context.clear_cookies()
    sign_in(page, sample)
    wait_until_kept(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/login"))
    wait_for(lambda: page.evaluate(KEPT) == [])


@pytest.mark.browser
def test_a_focused_window_asks_for_three_lists_at_most(open_page: OpenPage) -> None:
    page = open_page()
    wait_until_kept(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(
        "() => { for (const name of ['blur', 'focus', 'visibilitychange']) dispatchEvent(new Event(name)) }"
    )
    page.get_by_role("link", name=re.compile("^Closed")).hover()
    lists = [url for url in asked if "/conversations?" in url or "/anchors?" in url]
    assert len(lists) <= 3
