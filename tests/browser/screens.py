"""Every screen and state that is looked at: how to get there, and what shows that it has come."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.browser.conftest import FIRST, open_conversation


def nothing(_: Page) -> None:
    """The screen is there as it opens."""


@dataclass(frozen=True)
class Screen:
    """An address, what to do there, and a selector that is seen when it is complete."""

    path: str
    seen: str
    act: Callable[[Page], None] = nothing


def tick_three(page: Page) -> None:
    expect(page.get_by_text(FIRST).first).to_be_visible()
    page.keyboard.press("x")
    page.keyboard.press("Shift+J")
    page.keyboard.press("Shift+J")


def build_a_view(page: Page) -> None:
    page.locator(".inbox-views .icon-button").click()
    page.get_by_role("menuitem").filter(has_text=page_text(page, "New view", "Ny visning")).click()


def page_text(page: Page, english: str, danish: str) -> str:
    """The text in the language on screen."""
    return danish if page.locator("html").get_attribute("lang") == "da" else english


def write_a_note(page: Page) -> None:
    open_conversation(page)
    page.keyboard.press("c")
    box = page.locator(".note-field textarea")
    box.press_sequentially("Husk at ringe til @")


def open_snooze(page: Page) -> None:
    open_conversation(page)
    page.keyboard.press("h")


def press(*keys: str) -> Callable[[Page], None]:
    """Press keys once the list is there."""

    def act(page: Page) -> None:
        expect(page.get_by_text(FIRST).first).to_be_visible()
        for key in keys:
            page.keyboard.press(key)

    return act


SCREENS: Mapping[str, Screen] = {
    "inbox": Screen("/inbox", "[data-conversation]"),
    "inbox-selection": Screen("/inbox", ".bulk-bar", tick_three),
    "inbox-empty": Screen("/inbox?view=snoozed", ".state"),
    "inbox-view": Screen("/inbox", "[role=dialog] .view-line", build_a_view),
    "conversation": Screen("/inbox", "[data-message]", open_conversation),
    "conversation-note": Screen("/inbox", ".note-people [role=option]", write_a_note),
    "conversation-snooze": Screen("/inbox", "[role=menu]", open_snooze),
    "board": Screen("/board", ".board-card"),
    "search": Screen("/search?q=tagpap", "[data-hit]"),
    "sources": Screen("/sources", ".source"),
    "import-empty": Screen("/import", ".drop-zone"),
    "operations": Screen("/operations", "canvas"),
    "contacts": Screen("/contacts", ".people-line"),
    "companies": Screen("/companies", ".people-line"),
    "contacts-nobody": Screen("/contacts?q=xyzzy", ".state"),
    "company": Screen("/companies/1", ".figures"),
    "contact": Screen("/contacts/1", ".figures"),
    "mentions": Screen("/mentions", "h1"),
    "settings": Screen("/settings", ".card .line-list li"),
    "settings-workspace": Screen("/settings?section=workspace", ".card form"),
    "settings-members": Screen("/settings?section=members", ".table"),
    "settings-tags": Screen("/settings?section=tags", ".card"),
    "settings-retention": Screen("/settings?section=retention", ".card .state"),
    "settings-keys": Screen("/settings?section=keys", ".card"),
    "settings-audit": Screen("/settings?section=audit", ".card"),
    "help": Screen("/inbox", "[role=dialog] kbd", press("?")),
    "palette": Screen("/inbox", "[role=dialog] [role=option]", press("Control+k")),
    "nowhere": Screen("/no/such/place", ".state"),
}


def show(page: Page, screen: str) -> None:
    """Do what leads to a screen, and wait until it is there."""
    wanted = SCREENS[screen]
    expect(page.locator("h1, .state").first).to_be_attached()
    wanted.act(page)
    expect(page.locator(wanted.seen).first).to_be_visible()
    expect(page.locator(".skeleton")).to_have_count(0)
