"""The text page while its model sleeps, wakes or is paused: it goes on by itself, and no text is lost."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import Move, PassTime, Publish, Response, Site, model_state, pass_until

pytestmark = pytest.mark.browser

_TEXT = "The library opened in 1911 in a former corn exchange."
_SUMMARY: Response = (200, {}, {"summary": "Opened in 1911."})
_READY = model_state("ready", ready=True)
_MINUTE = 60_000
_STORED_WAKES = "() => JSON.parse(localStorage.getItem('genai:/:wakes'))"


def _refusal(code: str) -> Response:
    error = {"code": code, "message": "it is so", "request_id": "r-42"}
    return 503, {"Retry-After": "60"}, {"error": error}


def _open_asleep(site: Site, page: Page, usual: str = "about 10 minutes") -> None:
    site.on("GET /status", model_state("asleep"))
    page.goto(site.url)
    notice = page.locator("#readiness")
    expect(notice).to_have_text(f"The model is asleep. Your first request wakes it, which takes {usual}.")


def _send(site: Site, page: Page, *responses: Response) -> None:
    site.on("POST /summarize", *responses)
    page.get_by_label("Text to summarise").fill(_TEXT)
    page.get_by_role("button", name="Summarise").click()


def _wake(site: Site, page: Page) -> None:
    """Send a text to a model that is asleep, and so wake it."""
    _open_asleep(site, page)
    site.on("GET /status", model_state("waking"))
    _send(site, page, _refusal("model_asleep"), _SUMMARY)
    expect(page.locator("#readiness")).to_contain_text("The model is waking. This takes about 10 minutes.0 s so far.")
    expect(page.locator("#progress")).to_have_text("Your request starts by itself when the model is ready.")


def _be_ready(site: Site, page: Page, pass_time: PassTime) -> None:
    site.on("GET /status", _READY)
    pass_until(page.locator("#readiness").is_hidden, pass_time)


def _see_it_wake(site: Site, pass_time: PassTime) -> None:
    """Let the page see once more that the model wakes: its next check but one is sent when it has taken the next."""
    checked = site.status_requests
    pass_until(lambda: site.status_requests > checked + 1, pass_time)


def _paths(site: Site) -> list[str]:
    return [path for _, path, _ in site.requests]


def test_a_model_that_sleeps_is_left_to_sleep_and_that_is_no_error(
    publish: Publish, page: Page, pass_time: PassTime
) -> None:
    site = publish("text")
    _open_asleep(site, page)
    pass_time(30 * _MINUTE)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("#readiness progress")).to_be_hidden()
    assert (site.requests, site.status_requests) == ([], 1)


def test_a_request_wakes_the_model_and_is_sent_again_by_itself(
    publish: Publish, page: Page, pass_time: PassTime
) -> None:
    site = publish("text")
    _wake(site, page)
    bar = page.get_by_role("progressbar", name="Waking")
    pass_time(2 * _MINUTE)
    expect(page.locator("#readiness")).to_contain_text("2 min 0 s so far.")
    assert 0.19 < float(bar.get_attribute("value") or 0) < 0.21
    pass_time(9 * _MINUTE)
    expect(page.locator("#readiness")).to_contain_text("11 min 0 s so far, longer than usual.")
    expect(page.locator("#readiness progress:indeterminate")).to_have_count(1)
    expect(page.locator("#announcements")).to_have_text("The model takes longer than usual to wake.")
    _be_ready(site, page, pass_time)
    expect(page.locator("#output")).to_have_text("Opened in 1911.")
    expect(page.locator("#facts")).to_contain_text("Time taken0.0 s")
    assert [body["text"] for _, _, body in site.requests] == [_TEXT, _TEXT]


def test_what_a_screen_reader_says_of_a_wake_is_little(publish: Publish, page: Page, pass_time: PassTime) -> None:
    _wake(publish("text"), page)
    pass_time(1000)
    announcements = page.locator("#announcements")
    expect(announcements).to_have_text("Your request starts by itself when the model is ready.")
    pass_time(5 * _MINUTE)
    expect(announcements).to_have_text("Your request starts by itself when the model is ready.")


def test_the_estimate_comes_from_the_wakes_that_this_browser_has_seen(
    publish: Publish, page: Page, pass_time: PassTime
) -> None:
    site = publish("text")
    _wake(site, page)
    pass_time(210_000)
    expect(page.locator("#readiness")).to_contain_text("3 min 30 s so far.")
    _see_it_wake(site, pass_time)
    _be_ready(site, page, pass_time)
    expect(page.locator("#output")).to_be_visible()
    (seconds,) = page.evaluate(_STORED_WAKES)
    assert 210 < seconds < 540
    _open_asleep(site, page, usual=f"about {math.floor(seconds / 60 + 0.5)} minutes")


def test_a_wake_whose_beginning_nobody_saw_is_not_measured(publish: Publish, page: Page, pass_time: PassTime) -> None:
    site = publish("text")
    site.on("GET /status", model_state("waking"))
    page.goto(site.url)
    expect(page.locator("#readiness")).to_contain_text("more than 0 s so far.")
    pass_time(_MINUTE)
    expect(page.locator("#readiness")).to_contain_text("more than 1 min 0 s so far.")
    expect(page.locator("#readiness progress:indeterminate")).to_have_count(1)
    _be_ready(site, page, pass_time)
    assert page.evaluate(_STORED_WAKES) is None


@pytest.mark.parametrize(("state", "woken"), [("asleep", ["/wake"]), ("ready", []), ("paused", [])])
def test_a_page_wakes_a_sleeping_model_when_it_is_opened_if_it_is_to(
    publish: Publish, page: Page, pass_time: PassTime, state: str, woken: list[str]
) -> None:
    site = publish("text")
    site.configure(wakeWhenOpened="true")
    site.on("GET /status", model_state(state, ready=state == "ready"))
    site.on("POST /wake", model_state("asleep", status=202))
    with page.expect_response("**/api/status"):
        page.goto(site.url)
    if woken:
        expect(page.locator("#readiness")).to_contain_text("The model is waking. This takes about 10 minutes.")
    pass_time(1000)
    assert _paths(site) == woken


def test_a_wake_that_is_refused_leaves_the_model_asleep(publish: Publish, page: Page) -> None:
    site = publish("text")
    site.configure(wakeWhenOpened="true")
    site.on("POST /wake", _refusal("unavailable"))
    with page.expect_response("**/api/wake"):
        _open_asleep(site, page)
    expect(page.locator("#readiness")).to_contain_text("The model is asleep.")


def test_a_model_that_falls_asleep_again_is_woken_again(publish: Publish, page: Page, pass_time: PassTime) -> None:
    site = publish("text")
    _wake(site, page)
    site.on("GET /status", model_state("asleep"))
    site.on("POST /wake", model_state("waking", status=202))
    pass_until(lambda: "/wake" in _paths(site), pass_time)
    expect(page.locator("#readiness")).to_contain_text("The model is waking.")
    _be_ready(site, page, pass_time)
    expect(page.locator("#output")).to_be_visible()


def test_a_request_that_wakes_the_model_can_be_cancelled(publish: Publish, page: Page, pass_time: PassTime) -> None:
    site = publish("text")
    _wake(site, page)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("Text to summarise")).to_be_focused()
    expect(page.get_by_label("Text to summarise")).to_have_value(_TEXT)
    expect(page.locator("#readiness")).to_contain_text("The model is waking.")
    _be_ready(site, page, pass_time)
    assert _paths(site) == ["/summarize"]


def test_a_reload_keeps_the_text_and_the_time_that_has_passed(
    publish: Publish, page: Page, pass_time: PassTime
) -> None:
    site = publish("text")
    _wake(site, page)
    pass_time(2 * _MINUTE)
    page.reload()
    expect(page.locator("#readiness")).to_contain_text("The model is waking. This takes about 10 minutes.2 min")
    expect(page.get_by_label("Text to summarise")).to_have_value(_TEXT)
    expect(page.locator("#count")).to_have_text(f"{len(_TEXT)} of 20,000 characters")
    page.get_by_role("button", name="Summarise").click()
    expect(page.locator("#progress")).to_have_text("Your request starts by itself when the model is ready.")
    _be_ready(site, page, pass_time)
    expect(page.locator("#output")).to_have_text("Opened in 1911.")


def test_a_tab_that_the_browser_opens_anew_has_its_text(publish: Publish, page: Page) -> None:
    site = publish("text")
    page.goto(site.url)
    page.get_by_role("radio", name="Generate").check()
    page.get_by_label("Prompt").fill(_TEXT)
    page.goto("about:blank")
    page.goto(site.url)
    expect(page.get_by_label("Prompt")).to_have_value(_TEXT)


def test_a_person_who_comes_back_sees_the_state_of_now(publish: Publish, page: Page, pass_time: PassTime) -> None:
    site = publish("text")
    _open_asleep(site, page)
    site.on("GET /status", _READY)
    page.evaluate("dispatchEvent(new Event('focus'))")
    pass_time(2 * _MINUTE)
    assert site.status_requests == 1
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator("#readiness")).to_be_hidden()


@pytest.mark.parametrize("is_known", [True, False])
def test_a_request_to_a_paused_model_is_kept_and_sent_when_it_is_back(
    publish: Publish, page: Page, pass_time: PassTime, is_known: bool
) -> None:
    site = publish("text")
    site.on("GET /status", model_state("paused") if is_known else _READY)
    page.goto(site.url)
    notice = page.locator("#readiness")
    expect(notice).to_be_visible(visible=is_known)
    _send(site, page, *([] if is_known else [_refusal("model_paused")]), _SUMMARY)
    expect(notice).to_contain_text("The model is paused. Whoever runs this service can resume it.")
    expect(page.locator("#progress")).to_have_text("Your request is kept, and sent by itself when the model is back.")
    expect(page.get_by_role("alert")).to_have_count(0)
    _be_ready(site, page, pass_time)
    expect(page.locator("#output")).to_have_text("Opened in 1911.")
    assert len(site.requests) == (1 if is_known else 2)


def test_a_paused_model_that_nobody_waits_for_is_not_checked(publish: Publish, page: Page, pass_time: PassTime) -> None:
    site = publish("text")
    site.on("GET /status", model_state("paused"))
    page.goto(site.url)
    expect(page.locator("#readiness")).to_contain_text("The model is paused.")
    pass_time(30 * _MINUTE)
    assert site.status_requests == 1


@pytest.mark.parametrize(("width", "height"), [(320, 1300), (1280, 880)])
def test_nothing_moves_by_itself_from_the_sleeping_model_to_the_result(
    publish: Publish,
    page: Page,
    pass_time: PassTime,
    moves: Callable[[Page], list[Move]],
    width: int,
    height: int,
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    site = publish("text")
    _wake(site, page)
    page.reload()
    expect(page.locator("#readiness")).to_contain_text("The model is waking.")
    page.evaluate("document.getElementById('form').requestSubmit()")  # what moves after a click is not counted
    expect(page.locator("#progress")).to_contain_text("starts by itself")
    page.clock.resume()  # so that frames are drawn
    begun = moves(page)
    pass_time(2 * _MINUTE)
    expect(page.locator("#readiness")).to_contain_text("2 min")
    site.on("POST /summarize", _SUMMARY)
    release = site.hold("POST /summarize")
    _be_ready(site, page, pass_time)
    expect(page.locator("#progress")).to_contain_text("reading")
    # The spinner turns, and its words may be a line longer.
    assert sum(shift for shift, _ in moves(page)[len(begun) :]) < 0.001
    release()
