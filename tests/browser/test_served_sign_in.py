"""The page against a served stack with sign-in: the user pool's own pages, its tokens, and images of one user alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from genai_templates import Auth, Hosting
from scripts.pages.serving import served
from tests.browser.image_jobs import PROMPT, send_request

pytestmark = pytest.mark.browser

_MILLISECONDS = 60_000
_EMAIL, _PASSWORD = "user@example.com", "Local-user-1"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The page of an image stack with sign-in."""
    with served(Hosting.EXISTING, auth=Auth.COGNITO, apps=("image",)) as (_, urls):
        yield urls["image"]


def test_who_signs_in_makes_images_and_signs_out(url: str, context: BrowserContext) -> None:
    page = context.new_page()  # the pool's own pages have no icon, and images are on another origin
    page.goto(url)
    page.get_by_role("button", name="Sign in").click()
    page.locator("[name=username]").fill(_EMAIL)
    page.locator("[name=password]").fill(_PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#account")).to_contain_text(_EMAIL, timeout=_MILLISECONDS)
    assert "code=" not in page.url
    send_request(page, PROMPT)
    image = page.get_by_role("article", name=PROMPT).get_by_role("img")
    expect(image).to_be_visible(timeout=_MILLISECONDS)
    assert image.evaluate("async (one) => { await one.decode(); return one.naturalWidth > 0; }")
    page.reload()  # the pool knows the browser still
    expect(page.locator("#account")).to_contain_text(_EMAIL, timeout=_MILLISECONDS)
    expect(image).to_be_visible(timeout=_MILLISECONDS)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible(timeout=_MILLISECONDS)
    expect(image).to_have_count(0)
