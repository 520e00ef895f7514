"""A real Chromium before a real Posthus with the sample workspace; everybody shares one server and one sign-in."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect, sync_playwright

from tests.running import ROOT, Running, running, wait_for

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
ARGUMENTS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
expect.set_options(timeout=15_000)  # a machine that runs other things too
# Until two frames have been painted.
FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
# The texts of all drafts in the browser.
DRAFTS = """() => new Promise(done => { const open = indexedDB.open("posthus-drafts"); open.onsuccess = () => {
  if (!open.result.objectStoreNames.contains("kept")) return done([]);
  const all = open.result.transaction("kept").objectStore("kept").getAll();
  all.onsuccess = () => { open.result.close(); done(all.result) } } })"""
FIRST = "Serviceaftale på tage, 11 ejendomme"


class OpenPage(Protocol):
    """Opens a page of the given look, signed in."""

    def __call__(
        self, path: str = "/inbox", size: str = "desktop", scheme: str = "light", locale: str = "en-GB"
    ) -> Page:
        """The page, at `path`."""


@pytest.fixture(scope="session")
def sample(scratch: Path) -> Iterator[Running]:
    """Posthus with the sample, filed completely; meanings may still be on their way."""
    built()
    with running(scratch / "sample", "--sample") as instance:
        wait_for((instance.data / "sample-done").exists)
        yield instance


def built() -> None:
    """Fail with a clear word where there is no client to look at."""
    if not (ROOT / "posthus" / "web" / "index.html").exists():
        pytest.fail("the web client is not built: run make setup")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    if CHROMIUM is None:
        if os.environ.get("POSTHUS_REQUIRE_SYSTEM"):
            pytest.fail("Chromium is not installed, and POSTHUS_REQUIRE_SYSTEM is set")
        pytest.skip("needs Chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def signed_in(sample: Running, browser: Browser) -> StorageState:
    """The cookie of one sign-in through the form."""
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    sign_in(page, sample)
    expect(page.get_by_text(FIRST).first).to_be_visible()
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="session")
def mette(sample: Running) -> tuple[str, str]:
    """A colleague's e-mail address and password."""
    email, password = "mette@falkedal.example.dk", "et rigtigt langt kodeord"
    added = ("user", "add", email, "--name", "Mette Dalgaard", "--role", "agent", "--password-stdin")
    assert sample.command(*added, text=password).returncode == 0
    return email, password


@pytest.fixture
def open_page(sample: Running, browser: Browser, signed_in: StorageState) -> Iterator[OpenPage]:
    """Open a page signed in; errors on its console fail the test."""
    pages: list[Page] = []
    errors: list[str] = []

    def open_one(
        path: str = "/inbox", size: str = "desktop", scheme: str = "light", locale: str = "en-GB"
    ) -> Page:
        page = looking(browser, (size, scheme, locale), signed_in)
        pages.append(page)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(sample.url + path)
        return page

    yield open_one
    for page in pages:
        page.context.close()
    assert errors == []


def looking(browser: Browser, look: tuple[str, str, str], state: StorageState | None = None) -> Page:
    """A page in a browser of its own, with the size, the scheme and the locale of a look."""
    size, scheme, locale = look
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        locale=locale,
        timezone_id="Europe/Copenhagen",
        reduced_motion="reduce",
        storage_state=state,
    )
    return context.new_page()


def sign_in(page: Page, instance: Running, login: tuple[str, str] | None = None) -> None:
    """Through the form, as a person does; the first administrator unless told who."""
    email, password = login or instance.login
    page.goto(f"{instance.url}/")
    page.locator("input[type=email]").fill(email)
    page.locator("input[type=password]").fill(password)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/inbox"))


def search_list(page: Page, subject: str) -> None:
    """Narrow the list to one subject, however far down it stands."""
    page.goto(
        page.url.partition("/inbox")[0]
        + "/inbox?"
        + urlencode({"view": "all", "filter": json.dumps({"field": "subject", "contains": subject})})
    )


def open_conversation(page: Page, subject: str = FIRST) -> None:
    """Open a conversation of the list, and wait until its messages are there."""
    page.get_by_text(subject).first.click()
    expect(page.locator("[data-message]").first).to_be_visible()
