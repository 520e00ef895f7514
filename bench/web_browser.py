"""A headless Chromium before a Posthus, and what it tells of itself: thread time, heap, events, paints."""

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NotRequired, TypedDict

from playwright.sync_api import Browser, CDPSession, Page, StorageState, sync_playwright

from bench.large_workspace import EMAIL, PASSWORD

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
ARGUMENTS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
SIZE = (1280, 800)
ROW = "[data-conversation]"
# Every interaction's duration from input to the next paint (Event Timing), and the largest paint so far.
WATCH = """
window.seen = { events: [], paint: 0 };
new PerformanceObserver(list => list.getEntries().forEach(one => {
  if (one.interactionId) seen.events.push(one.duration);
})).observe({ type: "event", durationThreshold: 16, buffered: true });
new PerformanceObserver(list => list.getEntries().forEach(one => { seen.paint = one.startTime }))
  .observe({ type: "largest-contentful-paint", buffered: true });
"""


class TraceEvent(TypedDict):
    """What is read of a part of a trace; `tdur` is thread time in µs."""

    name: str
    pid: int
    tid: int
    tdur: NotRequired[int]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, or Chrome."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        raise RuntimeError("this benchmark needs Chromium (Debian package chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def sign_in(browser: Browser, base: str) -> StorageState:
    """The cookie of one sign-in through the form."""
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(f"{base}/")
    page.locator("input[type=email]").fill(EMAIL)
    page.locator("input[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/inbox"))
    state = context.storage_state()
    context.close()
    return state


@dataclass(frozen=True, slots=True)
class Seat:
    """One window of a browser, watched."""

    page: Page
    session: CDPSession

    def measured(self, name: str) -> float:
        """A figure of Chromium's Performance domain; durations are seconds of the main thread's own time."""
        answer = self.session.send("Performance.getMetrics")
        return float(next(metric["value"] for metric in answer["metrics"] if metric["name"] == name))

    def heap(self) -> float:
        """Megabytes of JavaScript heap after everything unused was collected."""
        for _ in range(2):
            self.session.send("HeapProfiler.collectGarbage")
        return self.measured("JSHeapUsedSize") / 1e6

    def nodes(self) -> int:
        """Elements and texts of the document."""
        found: int = self.page.evaluate(
            "() => { const walk = document.createTreeWalker(document, NodeFilter.SHOW_ALL);"
            " let all = 1; while (walk.nextNode()) all++; return all }"
        )
        return found

    def slow_down(self, times: int) -> None:
        """A processor so many times slower."""
        self.session.send("Emulation.setCPUThrottlingRate", {"rate": times})

    def slow_network(self) -> None:
        """1.6 Mbit/s each way, 150 ms there and back: Lighthouse's slow 4G."""
        self.session.send("Network.enable")
        speed = {"downloadThroughput": 200_000, "uploadThroughput": 93_750}
        self.session.send("Network.emulateNetworkConditions", {"offline": False, "latency": 150, **speed})

    def frame(self) -> None:
        """Until two frames have been painted, so that what was done is on screen."""
        self.page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
        )

    def longest_task(self, act: Callable[[], None]) -> float:
        """The most thread time of the main thread that one task took while `act` ran, in ms: no other process counts."""
        parts: list[TraceEvent] = []
        over: list[object] = []

        def collect(answer: dict[str, list[TraceEvent]]) -> None:
            parts.extend(answer["value"])

        def end(answer: object) -> None:
            over.append(answer)

        self.session.on("Tracing.dataCollected", collect)
        self.session.once("Tracing.tracingComplete", end)
        config = {"includedCategories": ["devtools.timeline", "toplevel"]}
        self.session.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": config})
        act()
        self.session.send("Tracing.end")
        while not over:
            self.page.wait_for_timeout(20)  # runs what has been sent
        self.session.remove_listener("Tracing.dataCollected", collect)
        return max(_tasks(parts), default=0.0)

    def worst_event(self) -> float:
        """The longest interaction since it was last asked, in ms; 16 when all were shorter."""
        self.page.wait_for_timeout(100)  # the browser tells of an event after its paint
        durations: list[float] = self.page.evaluate("() => seen.events.splice(0)")
        return max(durations, default=16.0)


def _tasks(parts: list[TraceEvent]) -> Iterator[float]:
    """Thread time in ms of every task of the thread that was given the events."""
    given = Counter((part["pid"], part["tid"]) for part in parts if part["name"] == "EventDispatch")
    [(main, _)] = given.most_common(1)
    for part in parts:
        if (part["pid"], part["tid"]) == main and part["name"].endswith("RunTask"):
            yield part.get("tdur", 0) / 1000


@contextmanager
def seat(browser: Browser, state: StorageState | None = None) -> Iterator[Seat]:
    """A window of its own, with nothing in its caches."""
    width, height = SIZE
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="en-GB", storage_state=state
    )
    page = context.new_page()
    page.add_init_script(WATCH)
    session = context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    try:
        yield Seat(page, session)
    finally:
        context.close()
