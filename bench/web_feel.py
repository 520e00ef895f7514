"""How quickly the client answers a hand on a processor four times slower: the worst of each kind of event."""

from collections.abc import Callable
from functools import partial

from bench.web_browser import ROW, Seat
from bench.web_list import Figures, open_inbox

SLOWER = 4
OPENED = 8


def measure_events(seat: Seat, base: str) -> Figures:
    """The longest time from an input to the paint that answers it, ms (Event Timing rounds to 8 ms).

    Before that, and as fast as the machine is, the longest task of each kind in thread time, which says the same on
    a machine that does other things too; an event is answered within `SLOWER` times that and the next frame.
    """
    open_inbox(seat, base)
    kinds: dict[str, Callable[[Seat], None]] = {
        "moving with j": _move,
        "opening conversations": _open,
        "ticking, closing, undoing": _close,
        "opening the palette": _palette,
        "choosing a tag": _tag,
        "typing a search": _search,
        "going from screen to screen": _go,
    }
    figures: Figures = {
        f"longest task, {kind}, thread ms": seat.longest_task(partial(act, seat))
        for kind, act in kinds.items()
    }
    seat.slow_down(SLOWER)
    worst = 0.0
    for kind, act in kinds.items():
        seat.worst_event()
        act(seat)
        took = seat.worst_event()
        figures[f"worst event at {SLOWER}x slower, {kind}, ms"] = took
        worst = max(worst, took)
    seat.slow_down(1)
    figures[f"worst event at {SLOWER}x slower, ms (below 100, aim 50)"] = worst
    return figures


def _move(seat: Seat) -> None:
    for _ in range(20):
        seat.page.keyboard.press("j")
        seat.frame()


def _open(seat: Seat) -> None:
    for place in range(OPENED):
        seat.page.locator(ROW).nth(place).click()
        seat.page.locator("[data-message]").first.wait_for()
        seat.frame()
    seat.page.keyboard.press("Escape")


def _close(seat: Seat) -> None:
    seat.page.locator(ROW).first.focus()
    for _ in range(3):
        for key in ("x", "e", "z"):
            seat.page.keyboard.press(key)
            seat.frame()
            seat.page.wait_for_load_state("networkidle")


def _palette(seat: Seat) -> None:
    for _ in range(3):
        seat.page.keyboard.press("Control+k")
        seat.page.locator("[role=dialog] [role=option]").first.wait_for()
        seat.page.keyboard.press("Escape")
        seat.frame()


def _tag(seat: Seat) -> None:
    seat.page.locator(ROW).nth(1).click()
    seat.page.locator("[data-message]").first.wait_for()
    for _ in range(3):
        seat.page.keyboard.press("t")
        seat.page.locator("[role=menu] [role^=menuitem]").first.wait_for()
        seat.page.keyboard.press("Escape")
        seat.frame()


def _search(seat: Seat) -> None:
    seat.page.get_by_role("link", name="Search", exact=True).first.click()
    box = seat.page.get_by_role("searchbox").first
    box.wait_for()
    box.press_sequentially("reklamation tag", delay=40)
    seat.page.wait_for_load_state("networkidle")


def _go(seat: Seat) -> None:
    for _ in range(2):
        for name in ("Board", "Contacts", "Settings", "Inbox"):
            seat.page.get_by_role("link", name=name, exact=True).first.click()
            seat.page.get_by_role("heading", name=name, level=1).wait_for()
            seat.frame()
            seat.page.wait_for_load_state("networkidle")
