"""Conversations regrouped, lists changed as a whole, and two people at one conversation."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import OpenPage, open_conversation, search_list, sign_in
from tests.running import Running


@pytest.mark.browser
def test_a_message_is_split_off_and_joined_again(open_page: OpenPage) -> None:
    page = open_page()
    search_list(page, "Quay House: quote for slate re-roof")
    open_conversation(page, "Quay House: quote for slate re-roof")
    messages = page.locator("[data-message]")
    expect(messages).not_to_have_count(1)
    all_of_them, first = messages.count(), page.url
    messages.last.get_by_role("button", name="More about this message").click()
    page.get_by_role("menuitem", name="Give it its own conversation").click()
    expect(page).to_have_url(re.compile(r"/conversations/\d+"))
    expect(messages).to_have_count(1)
    page.keyboard.press("z")
    expect(page.get_by_text("Undone", exact=True).first).to_be_visible()
    page.goto(first)
    expect(messages).to_have_count(all_of_them)


@pytest.mark.browser
def test_two_conversations_become_one_and_two_again(open_page: OpenPage) -> None:
    page = open_page()
    subject = "Quay House: scaffold access and neighbours"
    search_list(page, subject)
    open_conversation(page, subject)
    messages = page.locator("[data-message]")
    before = messages.count()
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Merge with…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Find by subject").fill("zinc flashings")
    dialog.get_by_role("checkbox").first.check()
    dialog.get_by_role("button", name=re.compile("^Merge")).click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".activity").last).to_contain_text("merged")
    expect(messages).not_to_have_count(before)
    page.keyboard.press("z")
    expect(messages).to_have_count(before)


@pytest.mark.browser
def test_a_view_of_conditions_joined_by_and_and_or_shows_what_they_say(open_page: OpenPage) -> None:
    page = open_page("/inbox?view=all")
    page.get_by_role("button", name="Filter and views").click()
    page.get_by_role("menuitem", name="Filter this list").click()
    dialog = page.get_by_role("dialog")
    condition(page, "Channel", "Chat")
    dialog.get_by_role("button", name="Add condition").click()
    dialog.get_by_role("combobox", name="Joined by").select_option(label="or")
    condition(page, "Has files", "Yes")
    dialog.get_by_role("button", name="Add group").click()
    condition(page, "Status", "Closed")
    expect(dialog.get_by_role("status")).to_have_text(re.compile(r"[1-9]\d* conversations?"))
    dialog.get_by_role("button", name="Show").click()
    expect(dialog).to_have_count(0)
    rows = page.locator("[data-conversation]")
    expect(rows.first).to_be_visible()
    for at in range(rows.count()):
        row = rows.nth(at)
        expect(row).to_have_attribute("data-closed", "true")
        expect(row.get_by_role("img", name=re.compile("^(Chat|Has attachments)")).first).to_be_attached()


def condition(page: Page, what: str, which: str) -> None:
    """Fill in the last condition of the dialog."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What", exact=True).last.select_option(label=what)
    dialog.get_by_label("Which", exact=True).last.select_option(label=which)


@pytest.mark.browser
def test_all_that_match_are_tagged_in_the_database_and_it_is_taken_back(open_page: OpenPage) -> None:
    page = open_page("/inbox?view=closed")
    tags = page.locator("[data-conversation] .tag").filter(has_text="Efterset")
    rows = page.locator("[data-conversation]")
    expect(rows.first).to_be_visible()
    page.keyboard.press("x")
    page.get_by_role("button", name=re.compile("Select all")).click()
    page.keyboard.press("t")
    expect(page.locator(".menu-filter input")).to_be_focused()
    page.keyboard.type("Efterset")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(tags).to_have_count(rows.count(), timeout=30_000)
    page.keyboard.press("z")
    expect(tags).to_have_count(0, timeout=30_000)


@pytest.mark.browser
def test_two_at_one_conversation_see_each_other(
    sample: Running, browser: Browser, open_page: OpenPage, mette: tuple[str, str]
) -> None:
    context = browser.new_context(locale="en-GB")
    other = context.new_page()
    sign_in(other, sample, mette)
    subject = "Green roof on a garden office"
    search_list(other, subject)
    open_conversation(other, subject)
    page = open_page()
    search_list(page, subject)
    open_conversation(page, subject)
    expect(page.locator(".presence")).to_have_text("Mette Dalgaard is looking at this too")
    other.keyboard.press("c")
    other.locator(".note-field textarea").fill("Jeg ringer til dem")
    expect(page.locator(".presence")).to_have_text("Mette Dalgaard is writing here", timeout=30_000)
    context.close()
    expect(page.locator(".presence")).to_be_hidden(timeout=60_000)
