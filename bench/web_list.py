"""The list of a million conversations under the hand: scrolling, flying through it, jumping, coming back to it."""

import random
from statistics import median

from playwright.sync_api import Request

from bench.web_browser import ROW, Seat

Figures = dict[str, float | int | str]
FRAMES = 240
PIXELS_A_FRAME = 50  # 3,000 px/s at 60 frames a second
FLIGHT_FRAMES = 480
ROUNDS = 5
JUMPS = 60
# Moves the list a step a frame, by pixels or to even parts of its length; answers when it has arrived.
SCROLL = """([frames, pixels]) => new Promise(done => {
  const list = document.querySelector("[data-list]"), all = list.scrollHeight - list.clientHeight;
  let frame = 0;
  const step = () => {
    frame++;
    list.scrollTop = pixels ? list.scrollTop + pixels : all * frame / frames;
    if (frame < frames) requestAnimationFrame(step); else done();
  };
  requestAnimationFrame(step);
})"""
# Jumps to a part of the length. Answers ms until rows fill the window, ms until all are real, and whether two
# frames after the jump any place in the window showed no row at all.
JUMP = """part => new Promise(done => {
  const list = document.querySelector("[data-list]"), box = list.getBoundingClientRect();
  const at = share => document.elementFromPoint(box.x + 200, box.y + 2 + (box.height - 4) * share);
  const filled = () => [0, 0.25, 0.5, 0.75, 1].every(share => at(share)?.closest(".row-place"));
  const begun = performance.now();
  let rows = 0, blank = false, frame = 0;
  const look = () => {
    frame++;
    const now = performance.now() - begun;
    if (!rows && filled()) rows = now;
    if (frame === 3) blank = !filled();
    if (rows && !list.querySelector(".empty-row") && frame > 3) return done([rows, now, blank]);
    if (now > 5000) return done([rows || now, now, blank]);
    requestAnimationFrame(look);
  };
  list.scrollTop = (list.scrollHeight - list.clientHeight) * part;
  requestAnimationFrame(look);
})"""


def open_inbox(seat: Seat, base: str, path: str = "/inbox?view=all") -> None:
    """The whole list, with its rows."""
    seat.page.goto(base + path)
    seat.page.locator(ROW).first.wait_for()
    seat.page.wait_for_load_state("networkidle")


def scroll_a_frame(seat: Seat) -> float:
    """Milliseconds of the main thread's own time for each frame of an even scroll."""
    before = seat.measured("TaskDuration")
    seat.page.evaluate(SCROLL, [FRAMES, PIXELS_A_FRAME])
    return (seat.measured("TaskDuration") - before) * 1000 / FRAMES


def measure_list(seat: Seat, base: str) -> Figures:
    """Every figure of the list; `seat` must be signed in and fresh."""
    open_inbox(seat, base)
    figures: Figures = {"DOM nodes, inbox": seat.nodes(), "heap before, MB": seat.heap()}
    each = [scroll_a_frame(seat) for _ in range(ROUNDS)]
    figures["main-thread CPU a scroll frame, median ms (at most 6)"] = median(each)
    figures["main-thread CPU a scroll frame, worst round ms"] = max(each)
    before = seat.measured("TaskDuration")
    seat.page.evaluate(SCROLL, [FLIGHT_FRAMES, 0])
    flown = (seat.measured("TaskDuration") - before) * 1000 / FLIGHT_FRAMES
    figures["main-thread CPU a frame of a flight through the whole list, ms"] = flown
    seat.page.wait_for_load_state("networkidle")
    figures["heap after the flight, MB (below 15)"] = seat.heap()
    figures["DOM nodes after the flight (at most 1,500)"] = seat.nodes()
    figures.update(_jumps(seat))
    figures["heap after the jumps, MB"] = seat.heap()
    figures["list requests on window focus (at most 3)"] = _asked_on_focus(seat)
    return figures


def _jumps(seat: Seat) -> Figures:
    places = random.Random(3)
    rows, real, blank = [], [], 0
    for _ in range(JUMPS):
        drawn, complete, was_blank = seat.page.evaluate(JUMP, places.random())
        rows.append(drawn)
        real.append(complete)
        blank += was_blank
    return {
        f"jumps of {JUMPS} that showed a place without rows": blank,
        "jump until the window is full of rows, median ms": median(rows),
        "jump until every row is read, median ms": median(real),
        "jump until every row is read, worst ms": max(real),
    }


def _asked_on_focus(seat: Seat) -> int:
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/conversations?" in request.url or "/anchors?" in request.url:
            asked.append(request.url)

    seat.page.on("request", note)
    other = seat.page.context.new_page()
    other.goto("about:blank")
    other.bring_to_front()
    seat.page.bring_to_front()
    seat.page.evaluate(
        "() => { for (const name of ['blur', 'focus']) dispatchEvent(new Event(name));"
        " document.dispatchEvent(new Event('visibilitychange')) }"
    )
    seat.page.wait_for_timeout(1500)
    other.close()
    seat.page.remove_listener("request", note)
    return len(asked)
