"""The image page in a real browser: what a person sees when something is wrong, and how it goes on."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.image_jobs import (
    ACCEPTED,
    PROMPT,
    failed,
    have_looked,
    job_state,
    keys,
    open_done,
    play,
    posted,
    refusal,
    send_request,
)
from tests.browser.site import PassTime, Publish, Response

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("  \n ", "Describe the image that you want."),
        ("Too short", "Describe it in more detail: at least 10 characters, not 9."),
        ("a" * 301, "The prompt is 1 character too long: at most 300 can be sent."),
    ],
)
def test_what_cannot_be_sent_is_said_beside_the_field(publish: Publish, page: Page, prompt: str, message: str) -> None:
    site = publish("image")
    play(site, job_state("QUEUED"))
    page.goto(site.url)
    send_request(page, prompt)
    field = page.get_by_label("Describe your image")
    expect(page.locator("#prompt-error")).to_have_text(message)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    assert site.requests == []
    send_request(page)
    expect(page.locator("#prompt-error")).to_be_empty()
    expect(page.get_by_role("article")).to_have_count(1)


def test_what_is_folded_away_is_shown_when_it_is_wrong(publish: Publish, page: Page) -> None:
    site = publish("image")
    page.goto(site.url)
    page.get_by_text("More control").click()
    page.get_by_label("Width").fill("1001")
    page.get_by_label("Seed", exact=True).fill("1.5")
    page.get_by_text("More control").click()
    send_request(page)
    expect(page.get_by_label("Width")).to_be_focused()
    expect(page.locator("#width-error")).to_have_text("Enter a multiple of 8, such as 1000 or 1008.")
    expect(page.locator("#seed-error")).to_contain_text("whole number")
    assert site.requests == []


def test_too_much_work_is_said_at_once_and_not_sent(publish: Publish, page: Page) -> None:
    site = publish("image")
    play(site, job_state("QUEUED"))
    page.goto(site.url)
    page.get_by_role("radio", name="Largest").check(force=True)
    page.get_by_role("radio", name="4", exact=True).check(force=True)
    expect(page.locator("#work-share")).to_have_text("200% of what one job may take")
    expect(page.locator("#work-error")).to_contain_text("Choose at most 25 steps, 2 images, or a smaller size.")
    send_request(page)
    expect(page.get_by_label("Steps")).to_be_focused()
    assert site.requests == []
    page.get_by_label("Steps").fill("25")
    expect(page.locator("#work-error")).to_be_empty()
    send_request(page)
    expect(page.get_by_role("article")).to_have_count(1)


@pytest.mark.parametrize(
    ("status", "code", "title"),
    [
        (404, "not_found", "Not found"),
        (409, "conflict", "This was already sent with different content"),
        (413, "payload_too_large", "The request is too large"),
        (500, "internal_error", "Something went wrong in the service"),
        (502, "model_failed", "The model could not answer"),
        (504, "model_timeout", "The model took too long"),
        (403, "", "The request was blocked"),
    ],
)
def test_a_refusal_is_said_with_its_request_and_keeps_the_input(
    publish: Publish, page: Page, status: int, code: str, title: str
) -> None:
    site = publish("image")
    site.on("POST /generate", refusal(status, code))
    page.goto(site.url)
    send_request(page)
    expect(page.get_by_role("alert")).to_contain_text(title)
    expect(page.get_by_role("alert")).to_contain_text("Request id r-42")
    expect(page.get_by_label("Describe your image")).to_have_value(PROMPT)
    expect(page.get_by_role("button", name="Make it")).to_have_attribute("aria-disabled", "false")
    page.get_by_role("button", name="Change the settings").click()
    expect(page.get_by_label("Describe your image")).to_be_focused()


@pytest.mark.parametrize(("status", "code", "is_same"), [(502, "model_failed", True), (409, "conflict", False)])
def test_retry_sends_the_same_key_unless_that_is_what_is_wrong(
    publish: Publish, page: Page, status: int, code: str, is_same: bool
) -> None:
    site = publish("image")
    play(site, job_state("SUCCEEDED"))
    site.on("POST /generate", refusal(status, code), ACCEPTED)
    page.goto(site.url)
    send_request(page)
    page.get_by_role("button", name="Retry").click()
    expect(page.get_by_role("article").get_by_role("img")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(1)
    assert (len(set(keys(site))) == 1) is is_same


def test_what_the_api_says_of_a_field_is_beside_that_field(publish: Publish, page: Page) -> None:
    site = publish("image")
    details = [{"field": "prompt", "message": "has blocked content"}, {"field": "seed", "message": "is too high"}]
    site.on("POST /generate", refusal(400, "invalid_request", details=details))
    page.goto(site.url)
    send_request(page)
    expect(page.locator("#prompt-error")).to_have_text("The prompt has blocked content.")
    expect(page.locator("#seed-error")).to_have_text("The seed is too high.")
    expect(page.get_by_label("Describe your image")).to_be_focused()
    expect(page.get_by_role("article")).to_have_count(0)


def test_what_the_api_says_of_anything_else_is_in_the_card(publish: Publish, page: Page) -> None:
    site = publish("image")
    site.on("POST /generate", refusal(400, "invalid_request", details=[{"field": "scheduler", "message": "is new"}]))
    page.goto(site.url)
    send_request(page)
    expect(page.get_by_role("alert")).to_contain_text("Scheduler is new.")
    expect(page.get_by_role("button", name="Retry")).to_have_count(0)


@pytest.mark.parametrize(("status", "code"), [(429, "too_many_requests"), (503, "unavailable")])
def test_what_passes_is_counted_down_and_tried_again(
    publish: Publish, page: Page, pass_time: PassTime, status: int, code: str
) -> None:
    site = publish("image")
    play(site, job_state("SUCCEEDED"))
    site.on("POST /generate", refusal(status, code, retry_after=2), ACCEPTED)
    page.goto(site.url)
    send_request(page)
    for seconds in (2, 1):
        expect(page.get_by_role("article")).to_contain_text(f"Trying again in {seconds} s.")
        pass_time(1000)
    have_looked(page, pass_time)
    expect(page.get_by_role("article").get_by_role("img")).to_be_visible()
    assert len(set(keys(site))) == 1


def test_a_job_that_is_being_sent_can_be_taken_back(publish: Publish, page: Page) -> None:
    site = publish("image")
    site.on("POST /generate", refusal(503, "unavailable", retry_after=60))
    page.goto(site.url)
    send_request(page)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("article")).to_have_count(0)
    expect(page.get_by_label("Describe your image")).to_be_enabled()
    expect(page.get_by_role("heading", name="Earlier jobs")).to_be_hidden()
    page.reload()
    expect(page.get_by_text("Your images appear here.")).to_be_visible()


def test_a_failed_job_tells_its_reason_and_starts_again_as_a_new_one(publish: Publish, page: Page) -> None:
    site = publish("image")
    play(site, failed("The model did not answer in time; please try fewer steps."), job_state("SUCCEEDED"))
    page.goto(site.url)
    send_request(page)
    card = page.get_by_role("article")
    expect(card).to_contain_text("The images could not be made")
    expect(card).to_contain_text("The model did not answer in time; please try fewer steps.")
    card.get_by_role("button", name="Retry").click()
    expect(card.get_by_role("img")).to_be_visible()
    expect(card).to_have_count(1)
    first, second = posted(site)
    assert first == second
    assert len(set(keys(site))) == 2


def test_an_unknown_job_is_explained_and_can_be_looked_for_again(publish: Publish, page: Page) -> None:
    site = publish("image")
    play(site, refusal(404, "not_found"))
    page.goto(site.url)
    send_request(page)
    card = page.get_by_role("article")
    expect(card).to_contain_text("This job cannot be found")
    site.on("GET /generate/ab", job_state("SUCCEEDED"))
    card.get_by_role("button", name="Look again").click()
    expect(card.get_by_role("img")).to_be_visible()
    assert len(posted(site)) == 1


@pytest.mark.parametrize("respond", [refusal(500, "internal_error"), refusal(403, ""), (200, {}, b"<html>")])
def test_errors_while_watching_do_not_lose_the_job(
    publish: Publish, page: Page, pass_time: PassTime, respond: Response
) -> None:
    site = publish("image")
    play(site, respond, job_state("SUCCEEDED"))
    page.goto(site.url)
    send_request(page)
    have_looked(page, pass_time)
    card = page.get_by_role("article")
    expect(card).to_contain_text("The job continues, and this page checks it again.")
    pass_time(5000)
    expect(card.get_by_role("img")).to_be_visible()


def test_a_connection_that_is_lost_while_watching_is_taken_up_again(
    publish: Publish, page: Page, context: BrowserContext
) -> None:
    site = publish("image")
    play(site, job_state("RUNNING"))
    page.goto(site.url)
    send_request(page)
    card = page.get_by_role("article")
    expect(card).to_contain_text("in the making")
    context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    expect(card).to_contain_text("You are offline. The job continues")
    site.on("GET /generate/ab", job_state("SUCCEEDED"))
    context.set_offline(False)
    expect(card.get_by_role("img")).to_be_visible()
    expect(page.locator("#offline")).to_be_hidden()


def test_what_is_sent_offline_goes_out_when_the_connection_is_back(
    publish: Publish, page: Page, context: BrowserContext
) -> None:
    site = publish("image")
    play(site, job_state("SUCCEEDED"))
    page.goto(site.url)
    expect(page.locator("#model")).to_have_text("a-model")
    context.set_offline(True)
    send_request(page)
    expect(page.get_by_role("alert")).to_contain_text("You are offline")
    context.set_offline(False)
    expect(page.get_by_role("article").get_by_role("img")).to_be_visible()
    assert len(posted(site)) == 1


def test_images_that_are_gone_say_so(publish: Publish, page: Page) -> None:
    site = publish("image")
    site.expired = {"generated_images/ab/1.jpg", "generated_images/ab/0_thumbnail.jpg"}
    card = open_done(site, page, images=2)
    expect(card.get_by_role("listitem").nth(1)).to_contain_text("This image cannot be loaded. It may have expired.")
    expect(card.get_by_role("img")).to_have_count(1)
    expect(page.locator("#history-list")).to_contain_text("Gone")


@pytest.mark.parametrize(
    "url", ["https://evil.example/0.jpg", "//evil.example/0.jpg", "/generated_images/../api/status"]
)
def test_images_from_elsewhere_are_not_loaded(publish: Publish, page: Page, url: str) -> None:
    site = publish("image")
    image = {"url": url, "thumbnail_url": url, "width": 512, "height": 512}
    play(site, (200, {}, {"status": "SUCCEEDED", "seed": 5, "images": [image]}))
    page.goto(site.url)
    send_request(page)
    expect(page.get_by_role("article")).to_contain_text("This image cannot be loaded.")
    expect(page.locator("img")).to_have_count(0)
    assert page.locator("[href*=evil], [href*=status]").count() == 0
