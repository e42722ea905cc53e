"""The pages as they are published, under their real security policy, with an API that tests play."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from tests.browser.authorization_server import AuthorizationServer, serve_authorization
from tests.browser.private_images import PrivateImages, serve_images
from tests.browser.site import Move, Site, serve

_AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
# The browser itself reports each failed request; those of the API and for images are what some tests are about.
_MAY_FAIL = re.compile(r"/(api|generated_images|oauth2)/")
_REPORT = re.compile(r"Failed to load resource: (.* status of [45]|net::ERR_)")
_MOVES = """() => new Promise((resolve) => {
  const moves = [];
  const name = (node) => node?.id || node?.getAttribute?.("class") || node?.nodeName;
  const place = ({ x, y, width, height }) => `${[x, y]}, ${width} by ${height}`;
  const add = (shifts) => shifts.filter((shift) => !shift.hadRecentInput).forEach(({ value, startTime, sources }) => {
    const moved = sources.map(({ node, previousRect, currentRect }) =>
      `${name(node)} in ${name(node?.parentNode)} from ${place(previousRect)} to ${place(currentRect)}`);
    moves.push([value, `after ${startTime} ms: ${moved.join("; ")}`]);
  });
  const observer = new PerformanceObserver((list) => add(list.getEntries()));
  observer.observe({ type: "layout-shift", buffered: true });
  // What was there before comes to the observer, what the next frames bring may still wait.
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => {
    add(observer.takeRecords());
    resolve(moves);
  })));
})"""
_FIRST_PAINT = """() => new Promise((resolve) => {
  new PerformanceObserver(() => resolve()).observe({ type: "paint", buffered: true });
})"""
_NOTE_LAST_OF_FIRST_FRAME = """requestAnimationFrame(() => {
  globalThis.lastOfFirstFrame = document.body?.lastElementChild.localName;
})"""
_TRANSFERRED = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .map((entry) => [entry.name, entry.encodedBodySize])"""
_WIDER = """() => [document.documentElement, ...document.querySelectorAll("dialog")]
  .some((one) => one.scrollWidth > one.clientWidth)"""
_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# Milliseconds for an action, and for what is expected of it, on a machine that is busy with more than this.
_LONGEST_WAIT = 30_000
_START = 1_800_000_000  # seconds since 1970
expect.set_options(timeout=_LONGEST_WAIT)
_AXE_PROBLEMS = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help}\\n  ${target}\\n  ${failureSummary}`));
}"""


@pytest.fixture
def publish() -> Iterator[Callable[..., Site]]:
    """Publish the page of ``text`` or ``image`` on this machine, at its root or ``below`` a path such as ``/text``."""
    sites: list[tuple[Site, Callable[[], None]]] = []

    def start(app: str, *, below: str = "") -> Site:
        site, stop = serve(app, below=below)
        sites.append((site, stop))
        return site

    yield start
    for site, stop in sites:
        site.release()
        stop()


@pytest.fixture
def require_sign_in() -> Iterator[Callable[[Site], AuthorizationServer]]:
    """Let a site's page and API know their users by an authorization server, which is returned."""
    stops: list[Callable[[], None]] = []

    def require(site: Site) -> AuthorizationServer:
        server, stop = serve_authorization(site.url)
        stops.append(stop)
        site.connects = server.origin
        site.guard = server.guard
        site.configure(auth=server.config())
        return server

    yield require
    for stop in stops:
        stop()


@pytest.fixture
def private_images() -> Iterator[PrivateImages]:
    """A bucket of private images."""
    images, stop = serve_images()
    yield images
    stop()


# No longer than its tests: Playwright keeps an event loop running, in which no other test could run one of its own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium of this machine."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        running = playwright.chromium.launch(executable_path=path, args=arguments)
        yield running
        running.close()


class Watch:
    """What went wrong in a page: console errors, policy violations, requests to other origins."""

    def __init__(self, page: Page) -> None:
        self.problems: list[str] = []
        self.urls: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", self._console)
        page.on("request", lambda request: self.urls.append(request.url))

    def _console(self, message: Any) -> None:
        may_fail = _MAY_FAIL.search(message.location["url"]) and _REPORT.match(message.text)
        if message.type in ("error", "warning") and not may_fail:
            self.problems.append(message.text)

    def check(self, origin: str) -> None:
        """Fail if anything went wrong, or anything came from elsewhere."""
        assert self.problems == []
        assert [url for url in self.urls if not url.startswith(origin)] == []


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A person's browser, with nothing kept from before."""
    made = browser.new_context()
    made.set_default_timeout(_LONGEST_WAIT)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A new page, in which nothing may go wrong unseen and which may load nothing from elsewhere."""
    opened = context.new_page()
    watch = Watch(opened)
    yield opened
    watch.check("http://127.0.0.1:")


@pytest.fixture
def pass_time(page: Page) -> Callable[[int], None]:
    """Stop the page's clock; let so many milliseconds pass by it."""
    page.clock.install(time=_START)
    page.clock.pause_at(_START + 1)
    return page.clock.run_for


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Fail on whatever axe-core finds in the page as it is now, in light and in dark.

    Tests that use it are marked ``axe``.
    """

    def check(page: Page) -> None:
        # As a script tag it would be against the page's policy.
        page.evaluate(_AXE.read_text("utf-8"))
        for scheme in _SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found = page.evaluate(_AXE_PROBLEMS)
            assert not found, f"in {scheme}:\n" + "\n".join(found)

    return check


@pytest.fixture
def needs_sideways_scrolling() -> Callable[[Page], list[int]]:
    """Return the widths of narrow screens, in pixels, at which the page or a dialog is wider than the screen."""

    def measure(page: Page) -> list[int]:
        too_narrow = []
        # Also a window of 1280 by 1024 pixels at 400 %, which is one of 320 by 256.
        for width, height in ((768, 640), (480, 640), (390, 640), (320, 640), (320, 256)):
            page.set_viewport_size({"width": width, "height": height})
            if page.evaluate(_WIDER):
                too_narrow.append(width)
        return too_narrow

    return measure


@pytest.fixture
def moves() -> Callable[[Page], list[Move]]:
    """What moved in the page so far without the person's doing; the sum of all is the cumulative layout shift."""
    return lambda page: [(float(shift), str(moved)) for shift, moved in page.evaluate(_MOVES)]


@pytest.fixture
def last_of_first_frame(page: Page) -> Callable[[], str | None]:
    """The last element of the body, by its name, when the page was first drawn."""
    page.add_init_script(_NOTE_LAST_OF_FIRST_FRAME)
    return lambda: page.evaluate("globalThis.lastOfFirstFrame")


@pytest.fixture
def transferred() -> Callable[[Page], dict[str, int]]:
    """How many bytes, compressed, the page has loaded so far: URL to bytes."""
    return lambda page: dict(page.evaluate(_TRANSFERRED))


@pytest.fixture
def reload_slowly() -> Callable[[Page], None]:
    """Let the script, and so the configuration, come after the first paint, as they do on a slow connection."""

    def reload(page: Page) -> None:
        waiting: list[Route] = []
        page.route("**/app.js", lambda route: waiting.append(route))
        page.reload(wait_until="commit")
        page.evaluate(_FIRST_PAINT)
        for route in waiting:
            route.continue_()

    return reload
