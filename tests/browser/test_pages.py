"""The image page, from end to end in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import Site

pytestmark = pytest.mark.browser

PROMPT = "A small red house by the sea"
QUEUED = {"job_id": "ab", "status": "QUEUED", "images": [], "prompt": PROMPT, "seed": 5}
DONE = {
    **QUEUED,
    "status": "SUCCEEDED",
    "images": [
        {
            "url": "/generated_images/ab/0.jpg",
            "thumbnail_url": "/generated_images/ab/0_thumbnail.jpg",
            "width": 512,
            "height": 512,
        }
    ],
}


@pytest.mark.parametrize(("app", "label"), [("image", "What to show")])
def test_an_empty_form_says_what_is_missing_beside_the_field(
    publish: Callable[[str], Site], page: Page, app: str, label: str
) -> None:
    site = publish(app)
    page.goto(site.origin)
    page.get_by_role("button").first.click()
    field = page.get_by_label(label)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    assert site.requests == []


def test_an_image_job_is_watched_to_its_end(publish: Callable[[str], Site], page: Page) -> None:
    site = publish("image")
    site.on("POST /generate", (202, {}, {"job_id": "ab", "status": "QUEUED"}))
    site.on("GET /generate/ab", (200, {}, QUEUED), (200, {}, {**QUEUED, "status": "RUNNING"}), (200, {}, DONE))
    page.goto(site.origin)
    page.get_by_label("What to show").fill(PROMPT)
    button = page.get_by_role("button", name="Make it")
    button.click()
    expect(button).to_be_disabled()
    expect(page.get_by_role("status")).to_contain_text("The model is at work")
    expect(page.get_by_role("img", name=f"{PROMPT} (image 1 of 1)")).to_be_visible()
    expect(button).to_be_enabled()
    assert [request[:2] for request in site.requests].count(("POST", "/generate")) == 1


def test_a_failed_job_says_why(publish: Callable[[str], Site], page: Page) -> None:
    site = publish("image")
    site.on("POST /generate", (202, {}, {"job_id": "ab", "status": "QUEUED"}))
    failed = {**QUEUED, "status": "FAILED", "error": {"code": "x", "message": "The model was not ready."}}
    site.on("GET /generate/ab", (200, {}, failed))
    page.goto(site.origin)
    page.get_by_label("What to show").fill(PROMPT)
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("status")).to_have_text("The model was not ready.")


@pytest.mark.parametrize("app", ["image"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_screen_needs_no_sideways_scrolling(
    publish: Callable[[str], Site], page: Page, app: str, scheme: str
) -> None:
    site = publish(app)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(site.origin)
    expect(page.locator("#model")).to_have_text("a-model")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
