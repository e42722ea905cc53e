"""The text page in a real browser: what a person sees when something is wrong, and how it goes on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.site import PassTime, Publish, Response, Site

pytestmark = pytest.mark.browser

TEXT = "The library opened in 1911 in a former corn exchange."
SUMMARY: Response = (200, {}, {"summary": "Opened in 1911."})


def error(status: int, code: str, *, retry_after: int = 0, details: object = None) -> Response:
    """Return an answer of the API that says what is wrong."""
    content: dict[str, object] = {"code": code, "message": "it is so", "request_id": "r-42"}
    if details:
        content["details"] = details
    return status, {"Retry-After": str(retry_after)} if retry_after else {}, {"error": content}


def _summarise(site: Site, page: Page, *responses: Response, text: str = TEXT, readiness: str = "") -> None:
    """Fill in the form and send it; with ``readiness``, not before the page says this of the model."""
    site.on("POST /summarize", *responses)
    page.goto(site.url)
    if readiness:
        expect(page.locator("#readiness")).to_contain_text(readiness)
    page.get_by_label("Text to summarise").fill(text)
    page.get_by_role("button", name="Summarise").click()


@pytest.mark.parametrize(
    ("status", "code", "title"),
    [
        (404, "not_found", "Not found"),
        (409, "conflict", "This was already sent with different content"),
        (413, "payload_too_large", "The request is too large"),
        (500, "internal_error", "Something went wrong in the service"),
        (502, "model_failed", "The model could not answer"),
        (504, "model_timeout", "The model took too long"),
        (418, "teapot", "The request was not accepted"),
    ],
)
def test_an_error_is_said_with_its_request_and_keeps_the_input(
    publish: Publish, page: Page, status: int, code: str, title: str
) -> None:
    _summarise(publish("text"), page, error(status, code))
    problem = page.get_by_role("alert")
    expect(problem.get_by_role("heading", name=title)).to_be_focused()
    expect(problem).to_contain_text("Request id r-42")
    expect(page.get_by_label("Text to summarise")).to_have_value(TEXT)
    expect(page.get_by_role("button", name="Summarise")).to_be_enabled()


def test_retry_sends_the_input_again(publish: Publish, page: Page, context: BrowserContext) -> None:
    site = publish("text")
    _summarise(site, page, error(502, "model_failed"), SUMMARY)
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.origin)
    page.get_by_role("button", name="Copy id").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "r-42"
    page.get_by_role("button", name="Retry").click()
    expect(page.locator("#output")).to_have_text("Opened in 1911.")
    expect(page.locator("#problem")).to_be_hidden()
    assert [request[2]["text"] for request in site.requests] == [TEXT, TEXT]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  \n ", "Enter the text to summarise."),
        ("Too short", "There is too little to summarise: enter at least 20 characters."),
        ("a" * 20_001, "The text is 1 character too long: at most 20,000 can be sent."),
        ("A text with \x07 in the middle of it", "The text contains control characters"),
    ],
)
def test_what_cannot_be_sent_is_said_beside_the_field(publish: Publish, page: Page, text: str, message: str) -> None:
    site = publish("text")
    _summarise(site, page, SUMMARY, text=text)
    field = page.get_by_label("Text to summarise")
    expect(page.locator("#text-error")).to_contain_text(message)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    assert site.requests == []
    field.fill(TEXT)
    expect(page.locator("#text-error")).to_be_empty()
    page.get_by_role("button", name="Summarise").click()
    expect(page.locator("#output")).to_be_visible()


def test_what_the_api_says_of_a_field_is_beside_that_field(publish: Publish, page: Page) -> None:
    details = [
        {"field": "text", "message": "has blocked content"},
        {"field": "max_new_tokens", "message": "is too high"},
    ]
    _summarise(publish("text"), page, error(400, "invalid_request", details=details))
    expect(page.locator("#text-error")).to_have_text("The text has blocked content.")
    expect(page.locator("#tokens-error")).to_have_text("The length is too high.")
    expect(page.get_by_label("Text to summarise")).to_be_focused()
    expect(page.locator("#problem")).to_be_hidden()


def test_what_the_api_says_of_anything_else_is_in_the_result(publish: Publish, page: Page) -> None:
    details = [{"field": "top_p", "message": "is not known here"}]
    _summarise(publish("text"), page, error(400, "invalid_request", details=details))
    expect(page.get_by_role("alert")).to_contain_text("Top_p is not known here.")
    expect(page.get_by_role("button", name="Retry")).to_have_count(0)


@pytest.mark.parametrize(
    ("status", "code"), [(429, "too_many_requests"), (503, "unavailable"), (503, "model_not_ready")]
)
def test_what_passes_is_counted_down_and_tried_again(
    publish: Publish, page: Page, pass_time: PassTime, status: int, code: str
) -> None:
    site = publish("text")
    _summarise(site, page, error(status, code, retry_after=3), SUMMARY)
    for seconds in (3, 2, 1):
        expect(page.locator("#progress")).to_contain_text(f"Trying again in {seconds} s.")
        pass_time(1000)
    expect(page.locator("#output")).to_be_visible()
    assert len(site.requests) == 2


def test_what_does_not_pass_is_given_up_after_the_retries(publish: Publish, page: Page, pass_time: PassTime) -> None:
    site = publish("text")
    _summarise(site, page, error(429, "too_many_requests", retry_after=1))
    for _ in range(3):
        expect(page.locator("#progress")).to_contain_text("Trying again in 1 s.")
        pass_time(1000)
    expect(page.get_by_role("alert")).to_contain_text("Too many requests at the moment")
    assert len(site.requests) == 4


def test_a_countdown_can_be_cancelled(publish: Publish, page: Page) -> None:
    site = publish("text")
    _summarise(site, page, error(429, "too_many_requests", retry_after=50))
    expect(page.locator("#progress")).to_contain_text("Trying again in 50 s.")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("Text to summarise")).to_be_focused()
    assert len(site.requests) == 1


def test_no_answer_in_time_is_said_to_be_so(publish: Publish, page: Page, pass_time: PassTime) -> None:
    site = publish("text")
    site.hold("POST /summarize")
    _summarise(site, page, SUMMARY)
    expect(page.locator("#progress")).to_contain_text("The model is reading your text")
    pass_time(70_000)
    expect(page.get_by_role("alert")).to_contain_text("No response in time")
    expect(page.get_by_role("button", name="Retry")).to_be_visible()


def test_a_person_without_connection_hears_of_it_and_can_go_on_later(
    publish: Publish, page: Page, context: BrowserContext
) -> None:
    site = publish("text")
    site.on("POST /summarize", SUMMARY)
    page.goto(site.url)
    page.get_by_label("Text to summarise").fill(TEXT)
    context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    page.get_by_role("button", name="Summarise").click()
    expect(page.get_by_role("alert")).to_contain_text("You are offline")
    context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden()
    page.get_by_role("button", name="Retry").click()
    expect(page.locator("#output")).to_be_visible()


def test_a_service_that_cannot_be_reached_is_said_to_be_so(publish: Publish, page: Page) -> None:
    site = publish("text")
    page.route("**/api/summarize", lambda route: route.abort("connectionrefused"))
    _summarise(site, page, SUMMARY)
    expect(page.get_by_role("alert")).to_contain_text("The service cannot be reached")


def test_an_answer_of_something_else_is_said_to_be_so(publish: Publish, page: Page) -> None:
    _summarise(publish("text"), page, (200, {}, b"<!doctype html>"))
    expect(page.get_by_role("alert")).to_contain_text("It did not come from the API.")


def test_an_answer_without_words_is_said_to_be_so(publish: Publish, page: Page) -> None:
    _summarise(publish("text"), page, (200, {}, {"summary": " "}))
    expect(page.locator("#output")).to_contain_text("The model returned nothing.")


def _state(status: str, *, ready: bool = False) -> Response:
    return 200, {}, {"ready": ready, "endpoint_status": status}


def test_a_model_being_deployed_is_waited_for_and_the_request_starts_by_itself(
    publish: Publish, page: Page, pass_time: PassTime
) -> None:
    site = publish("text")
    site.on("GET /status", _state("NotFound"), _state("Creating"))
    _summarise(site, page, SUMMARY, readiness="The model is not available yet.")
    expect(page.locator("#progress")).to_contain_text("Your request starts by itself")
    pass_time(5000)
    expect(page.locator("#readiness")).to_contain_text("The model is being deployed.")
    expect(page.locator("#readiness")).to_contain_text(re.compile(r"Waiting for \d+ s\."))
    assert site.requests == []
    site.on("GET /status", _state("InService", ready=True))
    pass_time(30_000)
    expect(page.locator("#output")).to_be_visible()
    expect(page.locator("#readiness")).to_be_hidden()
    assert len(site.requests) == 1


def test_waiting_for_a_model_can_be_cancelled(publish: Publish, page: Page, pass_time: PassTime) -> None:
    site = publish("text")
    site.on("GET /status", _state("Creating"))
    _summarise(site, page, SUMMARY, readiness="The model is being deployed.")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("Text to summarise")).to_be_focused()
    site.on("GET /status", _state("InService", ready=True))
    pass_time(30_000)
    expect(page.locator("#readiness")).to_be_hidden()
    assert site.requests == []


def test_a_model_that_goes_away_is_waited_for_too(publish: Publish, page: Page, pass_time: PassTime) -> None:
    site = publish("text")
    ready = _state("InService", ready=True)
    site.on("GET /status", ready, _state("Creating"), ready)
    _summarise(site, page, error(503, "model_not_ready", retry_after=30), SUMMARY)
    expect(page.locator("#readiness")).to_contain_text("The model is being deployed.")
    pass_time(5000)
    expect(page.locator("#output")).to_be_visible()


def test_an_unknown_state_keeps_nobody_from_trying(publish: Publish, page: Page) -> None:
    site = publish("text")
    site.on("GET /status", error(500, "internal_error"))
    _summarise(site, page, SUMMARY)
    expect(page.locator("#output")).to_be_visible()
    expect(page.locator("#readiness")).to_be_hidden()
