"""The page of an API that takes keys, and of one that takes signed requests, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.signing_in import stored
from tests.browser.site import Publish, Response, Site

pytestmark = pytest.mark.browser

_KEY = "k" * 36 + "abcd"
_OTHER_KEY = "o" * 36 + "wxyz"
_TEXT = "The library opened in 1911 in a former corn exchange."
_INVALID: Response = (401, {}, {"error": {"code": "api_key_invalid", "message": "no such key", "request_id": "r-1"}})
_DIRECT = "https://abc123.execute-api.eu-central-1.amazonaws.com/prod"


@pytest.fixture
def keys() -> set[str]:
    """The keys that the API accepts."""
    return {_KEY, _OTHER_KEY}


@pytest.fixture
def site(publish: Publish, keys: set[str]) -> Site:
    """The text page, whose API takes keys."""
    published = publish("text")
    published.configure(auth={"kind": "api-key"})
    published.guard = lambda headers: None if headers.get("X-Api-Key") in keys else _INVALID
    published.on("POST /summarize", (200, {}, {"summary": "Opened in 1911.", "parts": 1}))
    return published


def _enter(page: Page, key: str) -> None:
    page.get_by_label("API key", exact=True).fill(key)
    page.get_by_role("button", name="Use this key").click()


def _summarise(page: Page) -> None:
    page.get_by_label("Text to summarise").fill(_TEXT)
    page.get_by_role("button", name="Summarise").click()


def test_a_key_opens_the_page_until_it_is_left(site: Site, page: Page) -> None:
    page.goto(site.url)
    expect(page.locator("#request")).to_be_hidden()
    page.get_by_role("button", name="Use this key").click()
    expect(page.get_by_role("alert")).to_have_text("Enter your API key.")
    expect(page.get_by_label("API key", exact=True)).to_be_focused()
    _enter(page, "two words")
    expect(page.get_by_role("alert")).to_contain_text("This is no API key")
    _enter(page, "wrong")
    expect(page.get_by_role("alert")).to_contain_text("This key was not accepted.")
    expect(page.get_by_label("API key", exact=True)).to_be_focused()
    expect(page.get_by_label("API key", exact=True)).to_have_attribute("type", "password")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_label("API key", exact=True)).to_have_attribute("type", "text")
    _enter(page, f" {_KEY} ")
    expect(page.locator("#account")).to_contain_text("API key …abcd")
    expect(page.get_by_label("Text to summarise")).to_be_focused()
    _summarise(page)
    expect(page.locator("#output")).to_be_visible()
    assert _KEY not in stored(page)
    page.reload()
    expect(page.get_by_label("API key", exact=True)).to_have_value("")
    expect(page.locator("#history")).to_be_hidden()


def test_a_key_can_be_kept_for_the_tab_and_forgotten_with_all_that_it_was_used_for(site: Site, page: Page) -> None:
    page.goto(site.url)
    page.get_by_label("Keep it until this tab is closed").check()
    _enter(page, _KEY)
    _summarise(page)
    expect(page.locator("#history-list .entry")).to_have_count(1)
    page.reload()
    expect(page.locator("#history-list .entry")).to_have_count(1)
    page.get_by_label("Text to summarise").fill("A secret text")
    page.get_by_role("button", name="Forget key").click()
    expect(page.get_by_role("heading", name="Enter your API key")).to_be_visible()
    assert not [word for word in (_KEY, "library", "secret") if word in stored(page)]
    _enter(page, _OTHER_KEY)
    expect(page.get_by_label("Text to summarise")).to_have_value("")
    expect(page.locator("#history")).to_be_hidden()


def test_a_key_that_is_no_longer_accepted_leads_back_to_the_field_and_keeps_the_text(
    site: Site, page: Page, keys: set[str]
) -> None:
    page.goto(site.url)
    _enter(page, _KEY)
    expect(page.locator("#request")).to_be_visible()
    keys.remove(_KEY)
    _summarise(page)
    expect(page.get_by_role("heading", name="Your API key is no longer accepted")).to_be_visible()
    expect(page.get_by_role("alert").first).to_contain_text("This key was not accepted.")
    expect(page.get_by_label("Text to summarise")).to_have_value(_TEXT)
    _enter(page, _OTHER_KEY)
    expect(page.locator("#access")).to_be_hidden()
    page.get_by_role("button", name="Summarise").click()
    expect(page.locator("#output")).to_be_visible()


def test_a_key_goes_to_no_address_that_a_person_enters(site: Site, page: Page) -> None:
    page.goto(site.url)
    _enter(page, _KEY)
    expect(page.locator("#request")).to_be_visible()
    site.below = "/x"  # from here on the page's own API is elsewhere than where the settings point
    page.evaluate("""localStorage.setItem('genai:/:settings', JSON.stringify({ apiUrl: '/x/api' }))""")
    site.below = ""
    page.reload()
    _enter(page, _KEY)
    site.below = "/x"
    site.headers.clear()
    _summarise(page)
    expect(page.get_by_role("alert")).to_contain_text("This address wants to know who you are")
    assert [headers.get("X-Api-Key") for headers in site.headers] == [None]


def test_an_api_of_signed_requests_says_how_it_is_called(publish: Publish, page: Page, context: BrowserContext) -> None:
    site = publish("text")
    site.configure(auth={"kind": "iam"}, apiDirectUrl=_DIRECT, region="eu-central-1")
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.origin)
    page.goto(site.url)
    expect(page.get_by_role("heading", name="This API takes signed requests")).to_be_visible()
    expect(page.locator("#request")).to_be_hidden()
    page.get_by_role("button", name="Copy").click()
    command = page.evaluate("navigator.clipboard.readText()")
    assert f'curl "{_DIRECT}/generate"' in command
    assert "aws:amz:eu-central-1:execute-api" in command
    assert site.status_requests == 0
