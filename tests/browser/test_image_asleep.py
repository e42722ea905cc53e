"""The image page while its model sleeps, wakes or is paused: jobs are taken and wait, and nothing is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.image_jobs import (
    ACCEPTED,
    PROMPT,
    have_looked,
    job_state,
    keys,
    open_done,
    play,
    posted,
    refusal,
    send_request,
)
from tests.browser.site import PassTime, Publish, Site, model_state, pass_until

pytestmark = pytest.mark.browser

_READY = model_state("ready", ready=True)
_MINUTE = 60_000


def _send_to_sleeping(site: Site, page: Page) -> Locator:
    """Send a job to a model that is asleep; returns its card."""
    site.on("GET /status", model_state("asleep", ready=True))
    play(site, job_state("QUEUED"))
    page.goto(site.url)
    expect(page.locator("#readiness")).to_contain_text("The model is asleep. Your first request wakes it")
    send_request(page)
    card = page.get_by_role("article", name=PROMPT)
    expect(card).to_contain_text("Waking the model, about 10 minutes")
    return card


def test_a_job_wakes_the_model_and_is_made_when_it_is_awake(publish: Publish, page: Page, pass_time: PassTime) -> None:
    site = publish("image")
    card = _send_to_sleeping(site, page)
    expect(page.locator("#readiness")).to_be_hidden()
    site.on("GET /status", model_state("waking", ready=True))
    site.on("GET /generate/ab", job_state("RUNNING"))
    pass_until(card.get_by_text("4 min").is_visible, pass_time)
    expect(card).to_contain_text("Waking the model, about 10 minutes")
    assert 0.39 < float(card.get_by_role("progressbar").get_attribute("value") or 0) < 0.5
    site.on("GET /status", _READY)
    pass_until(card.get_by_text("1 image in the making").is_visible, pass_time)
    expect(card.locator(".elapsed")).to_have_text(re.compile(r"^· \d+ s so far$"))
    assert len(posted(site)) == 1


def test_the_time_of_waking_is_learned_for_the_model_and_not_for_the_job(
    publish: Publish, page: Page, pass_time: PassTime
) -> None:
    site = publish("image")
    card = _send_to_sleeping(site, page)
    pass_time(_MINUTE)
    site.on("GET /status", _READY)
    pass_until(card.get_by_text("Waiting for its turn").is_visible, pass_time)
    site.on("GET /generate/ab", job_state("SUCCEEDED"))
    pass_until(card.get_by_role("img").is_visible, pass_time)
    expect(card).to_contain_text("made in 9.6 s, with the model's waking")
    expect(page.locator("#work-time")).to_be_empty()
    (seconds,) = page.evaluate("() => JSON.parse(localStorage.getItem('genai:/:wakes'))")
    assert seconds >= 60


def test_a_job_may_take_as_long_as_it_takes(publish: Publish, page: Page, pass_time: PassTime) -> None:
    site = publish("image")
    card = _send_to_sleeping(site, page)
    pass_until(card.get_by_text("25 min").is_visible, pass_time)
    expect(card).to_contain_text("so far, longer than usual")
    site.on("GET /generate/ab", job_state("SUCCEEDED"))
    pass_until(card.get_by_role("img").is_visible, pass_time)


def test_a_reload_finds_the_job_and_the_time_that_has_passed(publish: Publish, page: Page, pass_time: PassTime) -> None:
    site = publish("image")
    card = _send_to_sleeping(site, page)
    pass_time(3 * _MINUTE)
    page.reload()
    expect(card).to_contain_text("Waking the model, about 10 minutes")
    expect(card).to_contain_text("3 min")
    assert len(posted(site)) == 1


def test_a_model_that_fell_asleep_since_the_page_was_opened_is_noticed(
    publish: Publish, page: Page, pass_time: PassTime
) -> None:
    site = publish("image")
    play(site, job_state("QUEUED"))
    with page.expect_response("**/api/status"):
        page.goto(site.url)
    pass_time(30 * _MINUTE)
    assert site.status_requests == 1
    site.on("GET /status", model_state("asleep", ready=True))
    send_request(page)
    have_looked(page, pass_time)
    expect(page.get_by_role("article")).to_contain_text("Waking the model, about 10 minutes")


def test_the_form_says_that_the_model_wakes_first(publish: Publish, page: Page, pass_time: PassTime) -> None:
    site = publish("image")
    open_done(site, page, pass_time=pass_time)
    site.on("GET /status", model_state("asleep", ready=True))
    page.reload()
    expect(page.locator("#work-time")).to_have_text(
        "The model is not awake: waking takes about 10 minutes, and this job about 10 s then."
    )
    expect(page.locator("#readiness")).to_be_hidden()


@pytest.mark.parametrize("is_known", [True, False])
def test_a_job_for_a_paused_model_is_kept_and_sent_when_it_is_back(
    publish: Publish, page: Page, pass_time: PassTime, is_known: bool
) -> None:
    site = publish("image")
    play(site, job_state("SUCCEEDED"))
    site.on("GET /status", model_state("paused") if is_known else _READY)
    site.on("POST /generate", *([] if is_known else [refusal(503, "model_paused", retry_after=60)]), ACCEPTED)
    page.goto(site.url)
    send_request(page)
    card = page.get_by_role("article", name=PROMPT)
    expect(page.locator("#readiness")).to_contain_text("The model is paused.")
    expect(card).to_contain_text("It starts by itself when the model is ready.")
    expect(page.get_by_label("Describe your image")).to_be_enabled()
    site.on("GET /status", _READY)
    pass_until(card.get_by_role("img").is_visible, pass_time)
    assert len(keys(site)) == (1 if is_known else 2)
    assert len(set(keys(site))) == 1
