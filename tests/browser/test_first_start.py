"""A new workspace beneath a path of its host: the first steps are shown, and every address carries the path."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import built, sign_in
from tests.running import Running, running


@pytest.fixture(scope="module")
def empty(scratch: Path) -> Iterator[Running]:
    """An empty Posthus at /crm."""
    built()
    with running(scratch / "empty", path="/crm") as instance:
        yield instance


@pytest.mark.browser
def test_a_new_workspace_is_led_through_its_first_steps(empty: Running, browser: Browser) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    strayed: list[str] = []
    page.on("request", lambda asked: strayed.append(asked.url) if "/crm" not in asked.url else None)
    sign_in(page, empty)
    expect(page.get_by_role("heading", name="Get started")).to_be_visible()
    page.get_by_role("link", name="Connect a source").click()
    expect(page).to_have_url(re.compile("/crm/sources"))
    page.reload()
    expect(page.get_by_role("heading", name="Sources", exact=True)).to_be_visible()
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("link", name="Members").click()
    page.get_by_role("button", name="Invite a colleague").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Ny Kollega")
    dialog.get_by_label("E-mail").fill("ny@example.dk")
    dialog.get_by_role("button", name="Make the invitation").click()
    link = page.get_by_role("dialog").locator("pre").inner_text()
    assert link.startswith(f"{empty.url}/join/")
    assert [url for url in strayed if url.startswith("http")] == []
    context.close()

    colleague = browser.new_context(locale="da-DK")
    page = colleague.new_page()
    page.goto(link)
    page.get_by_label("Adgangskode").fill("en lang adgangskode")
    page.get_by_role("button", name="Log ind").click()
    expect(page).to_have_url(re.compile("/crm/inbox"))
    expect(page.get_by_role("link", name="Indbakke", exact=True)).to_be_visible()
    colleague.close()


@pytest.mark.browser
def test_the_policy_of_the_page_is_strict_and_nothing_breaks_it(empty: Running, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    broken: list[str] = []
    page.on(
        "console", lambda said: broken.append(said.text) if "Content Security Policy" in said.text else None
    )
    answer = page.goto(f"{empty.url}/login")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert answer.headers["cache-control"] == "no-cache"
    script = page.locator("script[type=module]").last.get_attribute("src") or ""
    served = page.request.get(f"{empty.url.removesuffix('/crm')}{script}")
    assert "immutable" in served.headers["cache-control"]
    assert served.headers["content-encoding"] in {"br", "zstd", "gzip"}
    expect(page.locator("input[type=email]")).to_be_visible()
    assert broken == []
    context.close()
