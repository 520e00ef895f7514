"""What people do all day: read, close, search; and new mail and webhooks that appear by themselves."""

import json
import re
import smtplib

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.running import Running

FIRST = "Serviceaftale på tage, 11 ejendomme"


def row(page: Page, text: str) -> Locator:
    return page.get_by_text(text).first


@pytest.mark.browser
def test_a_wrong_password_is_refused_in_words(sample: Running, open_page: OpenPage) -> None:
    page = open_page()
    page.context.clear_cookies()
    page.goto(f"{sample.url}/login")
    page.locator("input[type=email]").fill("nobody@example.com")
    page.locator("input[type=password]").fill("not the password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).to_be_visible()


@pytest.mark.browser
def test_a_mail_appears_without_reload_and_moves_nothing(sample: Running, open_page: OpenPage) -> None:
    page = open_page()
    page.evaluate(
        "() => { window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach(one => window.shift += one.value))"
        ".observe({type: 'layout-shift'}) }"
    )
    content = b"From: Ny Kunde <ny@kunde.example.com>\r\nSubject: Kom selv frem\r\n\r\nHej med jer\r\n"
    with smtplib.SMTP("127.0.0.1", sample.smtp_port, timeout=30) as smtp:
        smtp.sendmail("ny@kunde.example.com", ["post@falkedal.example.dk"], content)
    expect(row(page, "Kom selv frem")).to_be_visible(timeout=15_000)
    assert page.evaluate("window.shift") < 0.01


@pytest.mark.browser
def test_a_webhook_appears_without_reload(sample: Running, open_page: OpenPage) -> None:
    made = sample.lines("source", "add", "webhook", "--name", "Ny formular", "--unsigned", "--json")[0]
    page = open_page()
    form = {
        "name": "Web Besøgende",
        "email": "web@kunde.example.com",
        "message": "Ring venligst i morgen tidlig",
    }
    path = str(made["url"]).removeprefix(sample.url)
    assert sample.post(path, json.dumps(form).encode(), {"Content-Type": "application/json"}) == 202
    expect(row(page, "Ring venligst i morgen tidlig")).to_be_visible(timeout=15_000)


@pytest.mark.browser
def test_the_keyboard_opens_a_conversation_and_the_back_button_returns(open_page: OpenPage) -> None:
    page = open_page()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/(inbox|conversations)/\d+"))
    page.go_back()
    expect(page).to_have_url(re.compile("/inbox"))
    expect(row(page, FIRST)).to_be_visible()


@pytest.mark.browser
def test_search_finds_while_typing_keeps_its_state_in_the_url_and_opens_the_message(
    sample: Running, open_page: OpenPage
) -> None:
    page = open_page("/search")
    page.get_by_role("searchbox").first.fill("tagpap garage")
    expect(row(page, "Nyt tagpap på garage")).to_be_visible()
    expect(page).to_have_url(re.compile("q=tagpap"))
    page.reload()
    expect(row(page, "Nyt tagpap på garage")).to_be_visible()
    row(page, "Nyt tagpap på garage").click()
    expect(page).to_have_url(re.compile(r"/(inbox|conversations)/\d+"))


@pytest.mark.browser
def test_help_and_palette_open_with_their_keys(open_page: OpenPage) -> None:
    page = open_page()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
