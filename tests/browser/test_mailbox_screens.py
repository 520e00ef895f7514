"""A mailbox is tried, followed, compared and paused on screen, against a real IMAP server."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from bench.dovecot import PASSWORD, Dovecot, find_dovecot
from tests.browser.conftest import built, looking, sign_in
from tests.browser.languages import DANISH, ENGLISH, untranslated
from tests.running import Running, running

pytestmark = pytest.mark.skipif(find_dovecot() is None, reason="needs Dovecot (Debian package dovecot-imapd)")
MAILS = 30


@pytest.fixture(scope="module")
def server(scratch: Path) -> Iterator[Dovecot]:
    started = Dovecot(scratch / "dovecot-browser")
    yield started
    started.stop()


@pytest.fixture(scope="module")
def posthus(scratch: Path) -> Iterator[Running]:
    """An empty Posthus of its own: what comes in would change everybody's inbox."""
    built()
    with running(scratch / "mailboxes") as instance:
        yield instance


def fill(server: Dovecot, user: str) -> None:
    with server.client(user) as client:
        for number in range(MAILS):
            client.append(
                "INBOX", f"From: kunde@example.com\r\nSubject: Nr. {number}\r\n\r\nHej\r\n".encode()
            )


def accessible(page: Page) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def add(page: Page, posthus: Running, server: Dovecot, user: str, say: Callable[[str], str]) -> None:
    """Through the form, with a wrong password first."""
    page.goto(f"{posthus.url}/sources")
    page.get_by_role("link", name=say("title")).click()
    expect(page).to_have_url(re.compile("/mailboxes"))
    page.get_by_role("button", name=say("add")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(say("name"), exact=True).fill(user)
    dialog.get_by_label(say("user"), exact=True).fill(user)
    dialog.get_by_label(say("password"), exact=True).fill("forkert")
    dialog.get_by_label(say("host"), exact=True).fill("127.0.0.1")
    dialog.get_by_label(say("port"), exact=True).fill(str(server.port))
    dialog.get_by_label(say("security"), exact=True).select_option("none")
    accessible(page)
    dialog.get_by_role("button", name=say("try")).click()
    expect(dialog.get_by_text(say("trouble.sign_in"))).to_be_visible(timeout=30_000)
    dialog.get_by_label(say("password"), exact=True).fill(PASSWORD)
    dialog.get_by_role("button", name=say("try")).click()
    expect(dialog.get_by_role("status")).to_contain_text(str(MAILS), timeout=30_000)
    dialog.get_by_role("button", name=say("follow"), exact=True).click()
    expect(dialog).not_to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("size", "scheme", "locale"), [("desktop", "light", "en-GB"), ("phone", "dark", "da-DK")]
)
def test_a_mailbox_is_tried_followed_compared_and_paused(
    posthus: Running, server: Dovecot, browser: Browser, size: str, scheme: str, locale: str
) -> None:
    user, texts = f"salg-{size}", DANISH if locale == "da-DK" else ENGLISH
    fill(server, user)
    page = looking(browser, (size, scheme, locale))

    def say(name: str) -> str:
        return texts[f"mailboxes.{name}"]

    sign_in(page, posthus)
    add(page, posthus, server, user, say)
    card = page.get_by_role("article", name=user)
    expect(card.get_by_text(say("whole"))).to_be_visible(timeout=60_000)
    expect(card).to_contain_text(say("here").replace("{known}", str(MAILS)).replace("{there}", str(MAILS)))
    card.locator("summary").first.click()
    expect(card.get_by_role("row").filter(has_text="INBOX")).to_contain_text(str(MAILS))
    accessible(page)
    if locale == "da-DK":
        assert untranslated(page) == set()
    card.get_by_role("button", name=say("check")).click()
    expect(card.get_by_role("button", name=say("check"))).to_be_enabled(timeout=60_000)
    card.get_by_role("button", name=say("pause")).click()
    expect(card.get_by_text(say("paused"))).to_be_visible()
    accessible(page)
    card.get_by_role("button", name=say("resume")).click()
    expect(card.get_by_text(say("whole"))).to_be_visible(timeout=60_000)
    page.context.close()
