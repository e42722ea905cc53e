"""The image page in a real browser: whether all can use it, on any screen, and how much it loads."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.image_jobs import PROMPT, failed, have_looked, job_state, open_done, play, refusal, send_request
from tests.browser.site import Move, PassTime, Publish, Site, model_state

pytestmark = pytest.mark.browser

_FIRST_PAINT_BYTES = 50_000
_LOADED_LATER = re.compile(r"/shared/session/|/(renewal|viewer)\.js$")


def _empty(site: Site, page: Page) -> None:
    page.goto(site.url)
    page.get_by_text("More control").click()
    page.get_by_role("button", name="City in the rain").click()


def _wrong(site: Site, page: Page) -> None:
    page.goto(site.url)
    page.get_by_text("More control").click()
    page.get_by_role("radio", name="Largest").check(force=True)
    page.get_by_role("radio", name="4", exact=True).check(force=True)
    page.get_by_label("Seed", exact=True).fill("x")
    send_request(page, "Too short")
    expect(page.locator("#prompt-error")).not_to_be_empty()


def _watched(site: Site, page: Page) -> None:
    play(site, job_state("RUNNING"))
    page.goto(site.url)
    send_request(page)
    expect(page.get_by_role("article")).to_contain_text("in the making")


def _not_watched(site: Site, page: Page) -> None:
    _watched(site, page)
    page.get_by_role("button", name="Stop watching").click()


def _done(site: Site, page: Page) -> None:
    site.expired = {"generated_images/ab/2.jpg"}
    open_done(site, page, images=4)
    expect(page.get_by_role("article")).to_contain_text("It may have expired.")


def _large(site: Site, page: Page) -> None:
    open_done(site, page, images=2).get_by_role("img").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()


def _failed(site: Site, page: Page) -> None:
    play(site, failed())
    page.goto(site.url)
    send_request(page)
    expect(page.get_by_role("article")).to_contain_text("could not be made")


def _unknown(site: Site, page: Page) -> None:
    play(site, refusal(404, "not_found"))
    page.goto(site.url)
    send_request(page)
    expect(page.get_by_role("article")).to_contain_text("cannot be found")


def _refused(site: Site, page: Page) -> None:
    site.on("POST /generate", refusal(502, "model_failed"))
    page.goto(site.url)
    send_request(page)
    expect(page.get_by_role("alert")).to_be_visible()


def _removed(site: Site, page: Page) -> None:
    open_done(site, page)
    send_request(page, "Another image of something")
    expect(page.locator("#history-list .entry")).to_have_count(2)
    page.get_by_role("button", name="Remove").first.click()


def _waits_for_model(site: Site, page: Page) -> None:
    site.on("GET /status", (200, {}, {"ready": False, "endpoint_status": "Creating"}))
    page.goto(site.url)
    expect(page.locator("#readiness")).to_be_visible()
    send_request(page)
    expect(page.get_by_role("article")).to_contain_text("when the model is ready")


def _asleep(site: Site, page: Page) -> None:
    site.on("GET /status", model_state("asleep", ready=True))
    page.goto(site.url)
    expect(page.locator("#readiness")).to_contain_text("asleep")


def _waking(site: Site, page: Page) -> None:
    _asleep(site, page)
    play(site, job_state("QUEUED"))
    send_request(page)
    expect(page.get_by_role("article")).to_contain_text("Waking the model")


_STATES = [
    _empty,
    _wrong,
    _watched,
    _not_watched,
    _done,
    _large,
    _failed,
    _unknown,
    _refused,
    _removed,
    _waits_for_model,
    _asleep,
    _waking,
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
    state(publish("image"), page)
    axe(page)
    assert needs_sideways_scrolling(page) == []
    axe(page)


def test_targets_are_large_enough_for_a_finger(publish: Publish, page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    open_done(publish("image"), page, images=2)
    small = page.evaluate(
        """() => [...document.querySelectorAll("a, button, summary, input:not([type=radio]), label:has(input)")]
          .map((one) => [one.textContent.trim() || one.getAttribute("aria-label"), one.getBoundingClientRect()])
          .filter(([, { width, height }]) => width > 1 && (width < 24 || height < 24))
          .map(([name]) => name)"""
    )
    assert small == []


def test_nothing_moves_for_those_who_want_no_motion(publish: Publish, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    _watched(publish("image"), page)
    assert page.evaluate("document.getAnimations().length") == 0
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate("document.getAnimations().length") > 0


def test_paper_has_the_images_and_nothing_to_press(publish: Publish, page: Page) -> None:
    card = open_done(publish("image"), page, images=2)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.emulate_media(media="print")
    expect(card.get_by_role("img")).to_have_count(2)
    expect(card.get_by_role("heading", name=PROMPT)).to_have_css("color", "rgb(28, 26, 46)")
    for screen_only in ("#request", "#history", "#settings-button", "footer"):
        expect(page.locator(screen_only)).to_be_hidden()
    assert page.evaluate(
        "() => [...document.querySelectorAll('button, .download')].every((one) => !one.checkVisibility())"
    )


def test_nothing_moves_by_itself_from_the_request_to_the_images(
    publish: Publish, page: Page, moves: Callable[[Page], list[Move]]
) -> None:
    site = publish("image")
    play(site, job_state("RUNNING"))
    page.goto(site.url)
    page.get_by_role("radio", name="4", exact=True).check(force=True)
    send_request(page)
    expect(page.get_by_role("article")).to_contain_text("in the making")
    page.reload()  # what moves after a person's doing is not counted
    expect(page.get_by_role("article")).to_contain_text("in the making")
    site.on("GET /generate/ab", job_state("SUCCEEDED", images=4))
    expect(page.get_by_role("article").get_by_role("img")).to_have_count(4)
    assert sum(shift for shift, _ in moves(page)) < 0.02


@pytest.mark.parametrize("state", ["ready", "asleep"])
@pytest.mark.parametrize(("width", "height"), [(320, 1300), (1280, 880)])
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
    site = publish("image")
    site.configure(model="model-txt2img-stabilityai-stable-diffusion-v2")
    site.on("GET /status", model_state(state, ready=True))
    page.goto(site.url)
    expect(page.locator("#model")).to_contain_text("diffusion-v2")
    reload_slowly(page)
    expect(page.locator("#model")).to_contain_text("diffusion-v2")
    expect(page.locator("#work-share")).to_have_text("13% of what one job may take")
    expect(page.locator("#readiness")).to_be_visible(visible=state == "asleep")
    assert moves(page) == []


def test_nothing_is_drawn_that_the_rest_of_the_page_may_move(
    publish: Publish, page: Page, last_of_first_frame: Callable[[], str | None]
) -> None:
    site = publish("image")
    site.in_pieces.add("index.html")
    page.goto(site.url)
    expect(page.locator("#model")).to_have_text("a-model")
    assert last_of_first_frame() == "footer"


def test_the_first_paint_takes_little(
    publish: Publish, page: Page, transferred: Callable[[Page], dict[str, int]]
) -> None:
    page.goto(publish("image").url)
    expect(page.locator("#model")).to_have_text("a-model")
    assert sum(transferred(page).values()) < _FIRST_PAINT_BYTES


def test_all_modules_are_announced_in_the_page(publish: Publish, page: Page) -> None:
    site = publish("image")
    page.goto(site.url)
    expect(page.locator("#model")).to_have_text("a-model")
    announced = set(page.evaluate("[...document.querySelectorAll('[rel=modulepreload]')].map(({ href }) => href)"))
    modules = {f"{site.url}{path}" for path in site.files if path.endswith(".js") and not _LOADED_LATER.search(path)}
    assert {path for path in modules if not path.endswith(("/app.js", "/first-paint.js"))} == announced


def test_settings_change_where_the_page_asks(publish: Publish, page: Page) -> None:
    site = publish("image")
    site.on("POST /elsewhere/generate", (202, {}, {"job_id": "ab", "status": "QUEUED"}))
    site.on("GET /elsewhere/generate/ab", job_state("SUCCEEDED"))
    site.on("GET /elsewhere/status", (200, {}, {"ready": True, "endpoint_status": "InService"}))
    page.goto(site.url)
    expect(page.locator("#model")).to_have_text("a-model")
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("API URL").fill("api/elsewhere")
    page.get_by_role("button", name="Save").click()
    send_request(page)
    expect(page.get_by_role("article").get_by_role("img")).to_be_visible()


def test_the_counter_is_said_when_the_person_pauses(publish: Publish, page: Page, pass_time: PassTime) -> None:
    page.goto(publish("image").url)
    page.get_by_label("Describe your image").press_sequentially("A fox", delay=0)
    expect(page.locator("#prompt-count")).to_have_text("5 of 300 characters")
    expect(page.locator("#announcements")).to_have_text("")
    pass_time(1000)
    expect(page.locator("#announcements")).to_have_text("5 of 300 characters")


def test_a_page_in_the_background_looks_less_often(publish: Publish, page: Page, pass_time: PassTime) -> None:
    site = publish("image")
    page.add_init_script("Object.defineProperty(document, 'hidden', { get: () => window.isAway ?? false });")
    play(site, job_state("RUNNING"))
    page.goto(site.url)
    send_request(page)
    have_looked(page, pass_time)
    expect(page.get_by_role("article")).to_contain_text("in the making")
    page.evaluate("window.isAway = true")
    with page.expect_response("**/generate/ab"):
        pass_time(2000)  # the wait that had begun
    looks = len(site.requests)
    for _ in range(19):
        pass_time(1000)
    assert len(site.requests) == looks
    site.on("GET /generate/ab", job_state("SUCCEEDED"))
    page.evaluate("window.isAway = false; document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_role("article", name=PROMPT).get_by_role("img")).to_be_visible()
