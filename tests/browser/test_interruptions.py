"""What comes between a person and the server: a deployment, no network, a session that ends. Nothing written is lost."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import DRAFTS, FIRST, OpenPage, open_conversation, search_list
from tests.running import Running, wait_for


def write_a_draft(page: Page, text: str) -> None:
    page.keyboard.press("c")
    page.locator(".note-field textarea").press_sequentially(text)
    wait_for(lambda: text in page.evaluate(DRAFTS))


def expect_the_draft(page: Page, text: str) -> None:
    """It is there to go on with; afterwards it is taken away, for the tests that follow."""
    page.get_by_role("button", name="Go on with the note").click()
    box = page.locator(".note-field textarea")
    expect(box).to_have_value(text)
    box.fill("")
    wait_for(lambda: page.evaluate(DRAFTS) == [])


@pytest.mark.browser
def test_a_tab_of_a_former_build_loads_itself_anew_and_keeps_what_was_written(
    sample: Running, open_page: OpenPage
) -> None:
    page = open_page()
    open_conversation(page)
    conversation = page.url
    write_a_draft(page, "Ring, når tilbuddet er sendt")
    deployed = False

    def gone(route: Route) -> None:
        if deployed:
            route.fallback()
        else:
            route.fulfill(status=404, body="{}", content_type="application/problem+json")

    def other_build(route: Route) -> None:
        nonlocal deployed
        deployed = True
        html = route.fetch().text()
        route.fulfill(body=html.replace("/start-", "/start-of-another-build-"), content_type="text/html")

    page.route("**/assets/BoardScreen-*.js", gone)
    page.route(f"{sample.url}/", other_build)
    page.evaluate("() => { window.before = true }")
    page.get_by_role("link", name="Board").click()
    expect(page.get_by_role("heading", name="Board")).to_be_visible()
    assert page.url.endswith("/board")
    assert page.evaluate("() => window.before") is None, "the page is another"
    page.goto(conversation)
    expect_the_draft(page, "Ring, når tilbuddet er sendt")


@pytest.mark.browser
def test_a_part_that_is_gone_for_another_reason_can_be_tried_again(open_page: OpenPage) -> None:
    page = open_page()
    expect(page.get_by_text(FIRST).first).to_be_visible()
    page.evaluate("() => { window.before = true }")
    page.route("**/assets/BoardScreen-*.js", lambda route: route.abort())
    page.get_by_role("link", name="Board").click()
    expect(page.get_by_role("alert")).to_contain_text("Posthus does not answer")
    page.unroute("**/assets/BoardScreen-*.js")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Board")).to_be_visible()
    assert page.evaluate("() => window.before") is True, "no page was loaded anew in vain"


@pytest.mark.browser
def test_without_a_network_it_says_so_and_what_is_done_is_sent_later(open_page: OpenPage) -> None:
    page = open_page()
    search_list(page, "Carport bygget sammen med huset")
    row = page.locator("[data-conversation]").first
    expect(row).to_be_visible()
    page.context.set_offline(True)
    expect(page.locator(".connection")).to_contain_text("No network")
    row.focus()
    page.keyboard.press("e")
    expect(row).to_have_attribute("data-closed", "true")
    with page.expect_response(lambda answer: answer.request.method == "PATCH" and answer.ok):
        page.context.set_offline(False)
    expect(page.locator(".connection")).to_have_count(0)
    page.keyboard.press("z")
    expect(row).to_have_attribute("data-closed", "false")


@pytest.mark.browser
def test_a_server_that_is_away_is_told_and_so_is_its_return(open_page: OpenPage) -> None:
    page = open_page()
    expect(page.get_by_text(FIRST).first).to_be_visible()
    page.route("**/api/v1/events", lambda route: route.abort())
    page.reload()
    expect(page.locator(".connection")).to_contain_text("Posthus does not answer just now")
    expect(page.get_by_text(FIRST).first).to_be_visible()
    page.unroute("**/api/v1/events")
    expect(page.locator(".connection")).to_have_count(0)


@pytest.mark.browser
def test_a_session_that_ends_while_a_note_is_written_costs_a_sign_in_and_nothing_else(
    sample: Running, open_page: OpenPage
) -> None:
    page = open_page()
    open_conversation(page)
    conversation = page.url
    write_a_draft(page, "Aftalt: rendes i uge 12")
    page.context.clear_cookies()
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile("/login"))
    email, password = sample.login
    page.locator("input[type=email]").fill(email)
    page.locator("input[type=password]").fill(password)
    page.keyboard.press("Enter")
    expect(page).to_have_url(conversation)
    expect_the_draft(page, "Aftalt: rendes i uge 12")
