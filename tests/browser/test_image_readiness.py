"""The image page while its model is not there yet, or nobody says whether it is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.image_jobs import have_looked, job_state, play, posted, send_request
from tests.browser.site import PassTime, Publish

pytestmark = pytest.mark.browser


def test_a_job_starts_by_itself_when_the_model_is_ready(publish: Publish, page: Page, pass_time: PassTime) -> None:
    site = publish("image")
    play(site, job_state("SUCCEEDED"))
    site.on("GET /status", (200, {}, {"ready": False, "endpoint_status": "Creating"}))
    page.goto(site.url)
    expect(page.locator("#readiness")).to_contain_text("The model is being deployed")
    send_request(page)
    expect(page.get_by_role("article")).to_contain_text("It starts by itself when the model is ready.")
    expect(page.get_by_role("article")).to_contain_text("Not sent yet")
    expect(page.get_by_label("Describe your image")).to_be_enabled()
    assert posted(site) == []
    site.on("GET /status", (200, {}, {"ready": True, "endpoint_status": "InService"}))
    pass_time(5000)
    have_looked(page, pass_time)
    expect(page.get_by_role("article").get_by_role("img")).to_be_visible()


def test_a_job_is_not_sent_before_the_model_was_checked(publish: Publish, page: Page) -> None:
    site = publish("image")
    site.on("GET /status", (200, {}, {"ready": False, "endpoint_status": "Creating"}))
    release = site.hold("GET /status")
    page.goto(site.url)
    send_request(page)
    expect(page.get_by_role("article")).to_contain_text("Sending…")
    release()
    expect(page.get_by_role("article")).to_contain_text("It starts by itself when the model is ready.")
    assert posted(site) == []


def test_a_job_is_sent_when_nobody_says_whether_the_model_is_there(
    publish: Publish, page: Page, pass_time: PassTime
) -> None:
    site = publish("image")
    play(site, job_state("SUCCEEDED"))
    site.hold("GET /status")
    with page.expect_request("**/api/status"):
        page.goto(site.url)
    send_request(page)
    expect(page.get_by_role("article")).to_contain_text("Sending…")
    pass_time(5000)
    have_looked(page, pass_time)
    expect(page.get_by_role("article").get_by_role("img")).to_be_visible()
