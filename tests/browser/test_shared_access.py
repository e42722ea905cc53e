"""Whether all can sign in, enter a key, and see who they are: on any screen, by keyboard, light and dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.authorization_server import AuthorizationServer
from tests.browser.signing_in import sign_in
from tests.browser.site import Publish, Site

pytestmark = pytest.mark.browser

RequireSignIn = Callable[[Site], AuthorizationServer]

_LONG_EMAIL = "somebody.with-a-name-that-is-long@department.of.an.organisation.example.org"


def _cancelled(site: Site, page: Page, require_sign_in: RequireSignIn) -> None:
    require_sign_in(site)
    page.goto(site.url)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("alert")).to_be_visible()


def _signed_in(site: Site, page: Page, require_sign_in: RequireSignIn) -> None:
    require_sign_in(site)
    page.goto(site.url)
    sign_in(page, _LONG_EMAIL)


def _ended(site: Site, page: Page, require_sign_in: RequireSignIn) -> None:
    server = require_sign_in(site)
    page.goto(site.url)
    sign_in(page)
    server.expire_tokens()
    server.renews = False
    page.get_by_label("Text to summarise").fill("A text that is long enough")
    page.get_by_role("button", name="Summarise").click()
    expect(page.get_by_role("alert")).to_be_visible()


def _wrong_key(site: Site, page: Page, require_sign_in: RequireSignIn) -> None:
    site.configure(auth={"kind": "api-key"})
    page.goto(site.url)
    page.get_by_role("button", name="Use this key").click()
    expect(page.get_by_role("alert")).not_to_be_empty()


def _signed_requests(site: Site, page: Page, require_sign_in: RequireSignIn) -> None:
    site.configure(auth={"kind": "iam"}, apiDirectUrl=f"https://{'a' * 60}.example.org/prod", region="eu-central-1")
    page.goto(site.url)
    expect(page.get_by_role("button", name="Copy")).to_be_visible()


@pytest.mark.axe
@pytest.mark.parametrize("state", [_cancelled, _signed_in, _ended, _wrong_key, _signed_requests])
def test_no_way_in_keeps_anybody_out(
    publish: Publish,
    page: Page,
    require_sign_in: RequireSignIn,
    axe: Callable[[Page], None],
    needs_sideways_scrolling: Callable[[Page], list[int]],
    state: Callable[[Site, Page, RequireSignIn], None],
) -> None:
    page.emulate_media(reduced_motion="reduce")
    state(publish("text"), page, require_sign_in)
    axe(page)
    assert needs_sideways_scrolling(page) == []
    axe(page)


def test_the_keyboard_alone_is_enough_to_sign_in(publish: Publish, page: Page, require_sign_in: RequireSignIn) -> None:
    site = publish("text")
    require_sign_in(site)
    page.goto(site.url)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Settings")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Sign in")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Email")).to_be_visible()
