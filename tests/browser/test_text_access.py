"""The text page in a real browser: whether all can use it, on any screen and paper, and how much it loads."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import Move, Publish, Site, model_state

pytestmark = pytest.mark.browser

_FIRST_PAINT_BYTES = 50_000
_LOADED_LATER = re.compile(r"/shared/session/")
_TEXT = "The library opened in 1911 in a former corn exchange. " * 40
_LONG_WORD = "a" * 300
_REFUSED = {
    "error": {"code": "model_failed", "message": "failed", "request_id": "7f3c1b52-0a51-4b8e-9f0e-2d5c11a0b7aa"}
}


def _empty(site: Site, page: Page) -> None:
    page.goto(site.url)
    expect(page.locator("#model")).to_have_text("a-model")


def _send(site: Site, page: Page, text: str = _TEXT) -> None:
    _empty(site, page)
    page.get_by_label("Text to summarise").fill(text)
    page.get_by_role("button", name="Summarise").click()


def _wrong(site: Site, page: Page) -> None:
    _send(site, page, "short")
    expect(page.locator("#text-error")).not_to_be_empty()


def _too_long(site: Site, page: Page) -> None:
    _send(site, page, _TEXT * 20)
    expect(page.locator("#count")).to_contain_class("over")


def _running(site: Site, page: Page) -> None:
    site.hold("POST /summarize")
    _send(site, page)
    expect(page.locator("#progress")).to_contain_text("reading")


def _counted_down(site: Site, page: Page) -> None:
    site.on("POST /summarize", (429, {"Retry-After": "50"}, _REFUSED))
    _send(site, page)
    expect(page.locator("#progress")).to_contain_text("Trying again")


def _done(site: Site, page: Page) -> None:
    site.on("POST /summarize", (200, {}, {"summary": f"Opened in 1911.\n\n{_LONG_WORD}", "parts": 3}))
    _send(site, page, _TEXT + _LONG_WORD)
    page.get_by_text("What was sent").click()
    expect(page.locator("#input")).to_be_visible()


def _removed(site: Site, page: Page) -> None:
    _done(site, page)
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("#undo-history")).to_be_visible()


def _failed(site: Site, page: Page) -> None:
    site.on("POST /summarize", (502, {}, _REFUSED))
    _send(site, page)
    expect(page.get_by_role("alert")).to_be_visible()


def _deploying(site: Site, page: Page) -> None:
    site.on("GET /status", (200, {}, {"ready": False, "endpoint_status": "Creating"}))
    _empty(site, page)
    expect(page.locator("#readiness")).to_be_visible()
    page.get_by_label("Text to summarise").fill(_TEXT)
    page.get_by_role("button", name="Summarise").click()
    expect(page.locator("#progress")).to_contain_text("starts by itself")


def _asleep(site: Site, page: Page) -> None:
    site.on("GET /status", model_state("asleep"))
    _empty(site, page)
    expect(page.locator("#readiness")).to_contain_text("asleep")


def _waking(site: Site, page: Page) -> None:
    _asleep(site, page)
    site.on("POST /summarize", (503, {"Retry-After": "60"}, {"error": {"code": "model_asleep", "message": "asleep"}}))
    page.get_by_label("Text to summarise").fill(_TEXT)
    page.get_by_role("button", name="Summarise").click()
    expect(page.get_by_role("progressbar", name="Waking")).to_be_visible()


def _paused(site: Site, page: Page) -> None:
    site.on("GET /status", model_state("paused"))
    _send(site, page)
    expect(page.locator("#progress")).to_contain_text("kept")


def _offline(site: Site, page: Page) -> None:
    _empty(site, page)
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()


def _settings(site: Site, page: Page) -> None:
    _empty(site, page)
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Time-out").fill("x")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#settings-timeoutSeconds-error")).not_to_be_empty()


_STATES = [
    _empty,
    _wrong,
    _too_long,
    _running,
    _counted_down,
    _done,
    _removed,
    _failed,
    _deploying,
    _asleep,
    _waking,
    _paused,
    _offline,
    _settings,
]


@pytest.mark.axe
@pytest.mark.parametrize("state", _STATES)
def test_no_state_keeps_anybody_out(
    publish: Publish,
    page: Page,
    axe: Callable[[Page], None],
    needs_sideways_scrolling: Callable[[Page], list[int]],
    state: Callable[[Site, Page], None],
) -> None:
    page.emulate_media(reduced_motion="reduce")
    state(publish("text"), page)
    axe(page)
    assert needs_sideways_scrolling(page) == []
    axe(page)


@pytest.mark.parametrize("state", [_done, _settings])
def test_what_has_the_focus_is_in_sight_at_400_percent(
    publish: Publish, page: Page, state: Callable[[Site, Page], None]
) -> None:
    page.set_viewport_size({"width": 320, "height": 256})
    state(publish("text"), page)
    hidden = set()
    for _ in range(15):
        page.keyboard.press("Tab")
        hidden.add(
            page.evaluate(
                """() => {
                  const one = document.activeElement;
                  if (one === document.body) return "";
                  const { left, top, width, height } = one.getBoundingClientRect();
                  const x = left + width / 2;
                  const y = Math.min(Math.max(top + height / 2, 1), innerHeight - 1);
                  const there = document.elementFromPoint(x, y);
                  return one.contains(there) || there?.contains(one) && there !== document.body ? "" : one.outerHTML;
                }"""
            )
        )
    assert hidden == {""}


def test_targets_are_large_enough_for_a_finger(publish: Publish, page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    _done(publish("text"), page)
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, summary, input:not([type=file]), textarea")]
          .filter((one) => one.checkVisibility())
          .map((one) => [one.id || one.textContent, one.getBoundingClientRect()])
          .filter(([, { width, height }]) => width < 24 || height < 24)
          .map(([name]) => name)"""
    )
    assert small == []


def test_nothing_moves_for_those_who_want_no_motion(publish: Publish, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    _running(publish("text"), page)
    assert page.evaluate("document.getAnimations().length") == 0
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate("document.getAnimations().length") > 0


@pytest.mark.parametrize(("scheme", "background"), [("light", "rgb(244, 244, 251)"), ("dark", "rgb(18, 17, 28)")])
def test_the_page_is_as_light_or_dark_as_the_system(publish: Publish, page: Page, scheme: str, background: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    _empty(publish("text"), page)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == background


def test_paper_has_the_result_and_nothing_to_press(publish: Publish, page: Page) -> None:
    _done(publish("text"), page)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.emulate_media(media="print")
    expect(page.locator("#output")).to_be_visible()
    expect(page.locator("#output")).to_have_css("color", "rgb(28, 26, 46)")
    expect(page.locator("#facts")).to_be_visible()
    for screen_only in ("#request", "#history", "#settings-button", "footer"):
        expect(page.locator(screen_only)).to_be_hidden()
    assert page.evaluate("() => [...document.querySelectorAll('button')].every((one) => !one.checkVisibility())")


@pytest.mark.parametrize(("width", "height"), [(320, 1300), (1280, 880)])
@pytest.mark.parametrize("state", ["ready", "starting", "asleep"])
def test_nothing_moves_by_itself_when_the_page_loads(
    publish: Publish,
    page: Page,
    moves: Callable[[Page], list[Move]],
    reload_slowly: Callable[[Page], None],
    width: int,
    height: int,
    state: str,
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    site = publish("text")
    site.configure(model="huggingface-llm-falcon-7b-instruct-bf16")
    site.on("POST /summarize", (200, {}, {"summary": "Opened in 1911."}))
    page.goto(site.url)
    page.get_by_label("Text to summarise").fill(_TEXT)
    page.get_by_role("button", name="Summarise").click()
    expect(page.locator(".entry")).to_have_count(1)
    site.on("GET /status", model_state(state, ready=state == "ready"))
    reload_slowly(page)
    expect(page.locator(".entry")).to_have_count(1)
    expect(page.locator("#readiness")).to_be_visible(visible=state != "ready")
    expect(page.locator("#model")).to_contain_text("falcon")
    assert moves(page) == []


def test_nothing_is_drawn_that_the_rest_of_the_page_may_move(
    publish: Publish, page: Page, last_of_first_frame: Callable[[], str | None]
) -> None:
    site = publish("text")
    site.in_pieces.add("index.html")
    _empty(site, page)
    assert last_of_first_frame() == "footer"


def test_the_first_paint_takes_little(
    publish: Publish, page: Page, transferred: Callable[[Page], dict[str, int]]
) -> None:
    _empty(publish("text"), page)
    assert sum(transferred(page).values()) < _FIRST_PAINT_BYTES


def test_all_modules_are_announced_in_the_page(publish: Publish, page: Page) -> None:
    site = publish("text")
    _empty(site, page)
    announced = set(page.evaluate("[...document.querySelectorAll('[rel=modulepreload]')].map(({ href }) => href)"))
    modules = {f"{site.url}{path}" for path in site.files if path.endswith(".js") and not _LOADED_LATER.search(path)}
    assert {path for path in modules if not path.endswith(("/app.js", "/first-paint.js"))} == announced
